{{/* The environment variables that all parts share, as a map; none is secret. */}}
{{- define "costguard.settings" -}}
{{- $full := include "costguard.fullname" . -}}
LOG_LEVEL: {{ .Values.logLevel }}
DEMO_MODE: "false"
TEMPORAL_ADDRESS: {{ required "temporal.address: HOST:PORT of a Temporal frontend; see docs/deploy/kubernetes.md" .Values.temporal.address }}
TEMPORAL_NAMESPACE: {{ .Values.temporal.namespace }}
PUBLIC_API_URL: {{ required "publicUrls.api: where clients reach the API" .Values.publicUrls.api }}
PUBLIC_UI_URL: {{ required "publicUrls.dashboard: where people open the dashboard" .Values.publicUrls.dashboard }}
{{- with .Values.publicUrls.temporalUi }}
TEMPORAL_UI_URL: {{ . }}
{{- end }}
{{- with .Values.publicUrls.mcp }}
COSTGUARD_MCP_URL: {{ . }}
{{- end }}
INTERNAL_API_URL: http://{{ $full }}-api:8000
{{- range $name, $part := include "costguard.parts" . | fromJson }}
{{- if $part.address }}
{{ $part.address }}: http://{{ $full }}-{{ $name }}:{{ $part.port }}/mcp
{{- end }}
{{- end }}
{{- with .Values.kek.provider }}
{{- if ne . "env" }}
COSTGUARD_KEK_PROVIDER: {{ . }}
COSTGUARD_KEK_KEY: {{ required "kek.key: which key of the key service" $.Values.kek.key | quote }}
{{- end }}
{{- end }}
{{- range $name, $value := .Values.settings }}
{{ $name }}: {{ $value | toString | quote }}
{{- end }}
{{- end -}}

{{/* A map of variables as a list of `env`: (dict of name to value). */}}
{{- define "costguard.env" -}}
{{- range $name, $value := . }}
- { name: {{ $name }}, value: {{ $value | toString | quote }} }
{{- end }}
{{- end -}}
