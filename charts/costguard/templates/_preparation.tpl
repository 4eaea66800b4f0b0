{{/* The Job that prepares servers and hands out credentials: (dict "root" $ "name" "upgrade" "accounts" $accounts "annotations"
$annotations). */}}
{{- define "costguard.preparationJob" -}}
{{- $root := .root -}}
{{- $full := include "costguard.fullname" $root -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $full }}-preparation-{{ .name }}
  labels:
    {{- include "costguard.labels" $root | nindent 4 }}
    app.kubernetes.io/component: preparation
  annotations: {{- toYaml .annotations | nindent 4 }}
spec:
  backoffLimit: {{ $root.Values.preparation.backoffLimit }}
  # A hook that failed is not removed with the release.
  ttlSecondsAfterFinished: 86400
  activeDeadlineSeconds: {{ $root.Values.preparation.activeDeadlineSeconds }}
  template:
    metadata:
      labels:
        {{- include "costguard.podLabels" $root | nindent 8 }}
        app.kubernetes.io/component: preparation
        {{- with $root.Values.preparation.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      restartPolicy: Never
      serviceAccountName: {{ $full }}-preparation
      automountServiceAccountToken: true
      enableServiceLinks: false
      {{- include "costguard.pullSecrets" $root | nindent 6 }}
      {{- include "costguard.podSecurity" $root | nindent 6 }}
      {{- with $root.Values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $root.Values.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: preparation
          image: {{ include "costguard.image" (dict "root" $root "name" "migrate" "tag" "") }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          args: [dist/cli/launch/kubernetes/prepareCluster.js, {{ $full }}, '{{ join "," .accounts }}']
          {{- include "costguard.containerSecurity" $root | nindent 10 }}
          env:
            # Not from the ConfigMap, which is still that of the release before.
            {{- include "costguard.env" (merge (dict) $root.Values.preparation.env (include "costguard.settings" $root | fromYaml)) | nindent 12 }}
            {{- range list "database" "migration" "kek" "admin" }}
            {{- include "costguard.secretEnv" (dict "root" $root "name" .) | nindent 12 }}
            {{- end }}
          resources: {{- toYaml $root.Values.preparation.resources | nindent 12 }}
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
      volumes:
        - { name: tmp, emptyDir: { sizeLimit: 256Mi } }
{{- end -}}
