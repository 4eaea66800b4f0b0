{{/* What the preparation may do in the cluster: (dict "root" $ "name" "…" "accounts" $accounts "annotations" dict). */}}
{{- define "costguard.preparationRole" -}}
{{- $full := include "costguard.fullname" .root -}}
# It writes what it has made, and touches nothing else.
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ .name }}
  labels: {{- include "costguard.labels" .root | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
rules:
  - apiGroups: ['']
    resources: [secrets]
    verbs: [patch]
    resourceNames:
      - {{ $full }}-first-admin
      {{- range .accounts }}
      - {{ $full }}-account-{{ . }}
      {{- end }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .name }}
  labels: {{- include "costguard.labels" .root | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ .name }} }
subjects: [{ kind: ServiceAccount, name: {{ $full }}-preparation, namespace: {{ .root.Release.Namespace }} }]
{{- end -}}
