{{/* Peers of a policy that are pods of this release: (dict "root" $ "name" "api"). */}}
{{- define "costguard.podPeer" -}}
podSelector:
  matchLabels:
    {{- include "costguard.selector" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{/* One rule for each kind of place beside the parts: (dict "root" $ "place" "database"). */}}
{{- define "costguard.egressTo" -}}
{{- $policy := .root.Values.networkPolicies -}}
{{- if and (eq .place "database") .root.Values.postgres.enabled }}
- to: [{ podSelector: { matchLabels: { cnpg.io/cluster: {{ include "costguard.postgresName" .root }} } } }]
  ports: [{ protocol: TCP, port: 5432 }]
{{- else if eq .place "database" }}
- ports: [{ protocol: TCP, port: {{ $policy.database.port }} }]
  {{- with $policy.database.peers }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- else if eq .place "temporal" }}
- ports: [{ protocol: TCP, port: {{ splitList ":" .root.Values.temporal.address | last }} }]
  {{- with $policy.temporal.peers }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- else if eq .place "internet" }}
- to: {{- include "costguard.publicAddresses" .root | nindent 4 }}
  ports: [{ protocol: TCP, port: 443 }]
{{- else if eq .place "mail" }}
- to: {{- include "costguard.publicAddresses" .root | nindent 4 }}
  ports: [{ protocol: TCP, port: 465 }, { protocol: TCP, port: 587 }]
{{- else if and (eq .place "identity") $policy.metadataService }}
# Google's metadata service and its stand-in on nodes, and Amazon's for EKS Pod Identity.
- to:
    - ipBlock: { cidr: 169.254.169.254/32 }
    - ipBlock: { cidr: 169.254.169.252/32 }
    - ipBlock: { cidr: 169.254.170.23/32 }
  ports: [{ protocol: TCP, port: 80 }, { protocol: TCP, port: 988 }]
{{- end }}
{{- end -}}

{{- define "costguard.publicAddresses" -}}
- ipBlock:
    cidr: 0.0.0.0/0
    except: [10.0.0.0/8, 100.64.0.0/10, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16]
- ipBlock:
    cidr: '::/0'
    except: ['fc00::/7', 'fe80::/10']
{{- end -}}

{{- define "costguard.egressToDns" -}}
- to:
    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }
      podSelector: { matchLabels: { k8s-app: kube-dns } }
    {{- with .Values.networkPolicies.dnsPeers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  ports: [{ protocol: UDP, port: 53 }, { protocol: TCP, port: 53 }]
{{- end -}}

{{/* Who may call a part: (dict "root" $ "name" "api" "part" $part). */}}
{{- define "costguard.ingressTo" -}}
{{- $root := .root -}}
{{- $name := .name -}}
{{- $part := .part -}}
{{- $policy := $root.Values.networkPolicies -}}
{{- $callers := eq $name "api" | ternary (list "test") (list) -}}
{{- range $other, $otherPart := include "costguard.parts" $root | fromJson -}}
{{- if has $name $otherPart.calls }}{{ $callers = append $callers $other }}{{ end -}}
{{- end -}}
{{- if $callers }}
- from:
    {{- range $callers }}
    - {{- include "costguard.podPeer" (dict "root" $root "name" .) | nindent 6 }}
    {{- end }}
  ports: [{ protocol: TCP, port: {{ $part.port }} }]
{{- end }}
{{- if and (has $name (list "api" "dashboard" "costguard-server")) $policy.publicPeers }}
- from: {{- toYaml $policy.publicPeers | nindent 4 }}
  ports: [{ protocol: TCP, port: {{ $part.port }} }]
{{- end }}
{{- if and (or $part.queue (eq $name "api")) $root.Values.monitoring.enabled }}
- from: {{- toYaml $policy.monitoringPeers | nindent 4 }}
  ports: [{ protocol: TCP, port: {{ $part.port | default 9464 }} }]
{{- end }}
{{- with $part.values.extraIngress }}
{{ toYaml . }}
{{- end }}
{{- end -}}
