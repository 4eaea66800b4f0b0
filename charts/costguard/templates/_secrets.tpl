{{/* Name of the Secret that holds a secret of files/secrets.yaml: (dict "root" $ "name" "kek"). Empty where there is none. */}}
{{- define "costguard.secretName" -}}
{{- $secret := get .root.Values.secrets .name -}}
{{- if and (eq .name "database") .root.Values.postgres.enabled -}}
{{- include "costguard.postgresName" .root }}-app
{{- else if $secret.existingSecret -}}
{{- $secret.existingSecret -}}
{{- else if or $secret.remote.key $secret.values -}}
{{- include "costguard.fullname" .root }}-{{ .name }}
{{- end -}}
{{- end -}}

{{/* The environment that a secret gives: (dict "root" $ "name" "kek"). Each variable by name, so that what else stands in
an operator's Secret stays there. */}}
{{- define "costguard.secretEnv" -}}
{{- $root := .root -}}
{{- $secret := include "costguard.secretName" . -}}
{{- $known := get ($root.Files.Get "files/secrets.yaml" | fromYaml) .name -}}
{{- if and (eq .name "database") $root.Values.postgres.enabled }}
- name: DATABASE_URL
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: uri } }
{{- else if and (eq .name "migration") $root.Values.postgres.enabled }}
# The superuser's own address names no database. His password is what Postgres' clients take where an address has none.
- name: MIGRATION_DATABASE_URL
  value: postgresql://postgres@{{ include "costguard.postgresName" $root }}-rw:5432/costguard
- name: PGPASSWORD
  valueFrom: { secretKeyRef: { name: {{ include "costguard.postgresName" $root }}-superuser, key: password } }
{{- else if $secret }}
{{- range $known.required }}
- name: {{ . }}
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ . }} } }
{{- end }}
{{- range $known.optional }}
- name: {{ . }}
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ . }}, optional: true } }
{{- end }}
{{- else if or $known.required (and (eq .name "kek") (eq $root.Values.kek.provider "env")) }}
{{- fail (printf "secrets.%s: give values, existingSecret or remote.key; see docs/deploy/kubernetes.md" .name) }}
{{- end }}
{{- end -}}
