{{/* What every name begins with: the release's, with the chart's unless it is in there. At most 37 characters, since the
longest that is added has 26 and Kubernetes allows 63. */}}
{{- define "costguard.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 37 | trimSuffix "-" -}}
{{- else if contains "costguard" .Release.Name -}}
{{- .Release.Name | trunc 37 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-costguard" .Release.Name | trunc 37 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels by which a release's pods are selected; a Deployment's can never change. */}}
{{- define "costguard.selector" -}}
app.kubernetes.io/name: costguard
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Labels of pods: none that a new version of the chart alone would change, and so restart them. */}}
{{- define "costguard.podLabels" -}}
{{ include "costguard.selector" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "costguard.labels" -}}
{{ include "costguard.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The image of one part: (dict "root" $ "name" "api" "tag" ""). */}}
{{- define "costguard.image" -}}
{{- $image := .root.Values.image -}}
{{- $digest := get $image.digests .name -}}
{{- $tag := .tag | default $image.tag | default .root.Chart.AppVersion -}}
{{- $path := printf "%s/%s" $image.repository .name -}}
{{- with $image.registry }}{{ . }}/{{ end -}}
{{- if and $digest (not .tag) }}{{ $path }}@{{ $digest }}{{ else }}{{ $path }}:{{ $tag }}{{ end -}}
{{- end -}}

{{/* The parts of files/parts.yaml that are enabled, as JSON: each with its values as `values`. */}}
{{- define "costguard.parts" -}}
{{- $parts := dict -}}
{{- range $name, $part := .Files.Get "files/parts.yaml" | fromYaml -}}
{{- $values := get $.Values.parts $name -}}
{{- if $values.enabled -}}
{{- $_ := set $parts $name (merge (dict "values" $values) $part) -}}
{{- end -}}
{{- end -}}
{{- toJson $parts -}}
{{- end -}}

{{/* Name of the CloudNativePG cluster; its Services and Secrets begin with it. */}}
{{- define "costguard.postgresName" -}}
{{ include "costguard.fullname" . }}-postgres
{{- end -}}
