{{/* What is public, as JSON: by host the part and the paths of it that people and programs call. The API's /metrics is not. */}}
{{- define "costguard.public" -}}
{{- $hosts := dict -}}
{{- $_ := set $hosts (urlParse .Values.publicUrls.dashboard).hostname (dict "part" "dashboard" "port" 8501 "paths" (list "/")) -}}
{{- $api := (urlParse .Values.publicUrls.api).hostname -}}
{{- if not (hasKey $hosts $api) -}}
{{- $_ := set $hosts $api (dict "part" "api" "port" 8000 "paths" (list "/api" "/oauth" "/.well-known" "/docs" "/openapi.json")) -}}
{{- end -}}
{{- if and .Values.publicUrls.mcp (get .Values.parts "costguard-server").enabled -}}
{{- $mcp := (urlParse .Values.publicUrls.mcp).hostname -}}
{{- if hasKey $hosts $mcp }}{{ fail "publicUrls.mcp: needs a host of its own" }}{{ end -}}
{{- $_ := set $hosts $mcp (dict "part" "costguard-server" "port" 8605 "paths" (list "/mcp" "/.well-known")) -}}
{{- end -}}
{{- toJson $hosts -}}
{{- end -}}
