{{/* What Pod Security "restricted" asks of a pod; 1000 is the user `node` of the images. */}}
{{- define "costguard.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  {{- if .Values.podSecurity.fixedUser }}
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  {{- end }}
  seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "costguard.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{- define "costguard.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Probes of a part that serves HTTP, and of one that polls a task queue. */}}
{{- define "costguard.probes" -}}
{{- if .port }}
startupProbe: { httpGet: { path: {{ .live }}, port: http }, periodSeconds: 2, failureThreshold: 60 }
livenessProbe: { httpGet: { path: {{ .live }}, port: http }, periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 4 }
readinessProbe: { httpGet: { path: {{ .ready }}, port: http }, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 }
{{- else }}
# Asks Temporal whether it sees this pod poll. Not for liveness: a restart mends no Temporal that is away.
startupProbe:
  exec: { command: [node, dist/cli/launch/checkPoller.js, {{ .queue }}] }
  periodSeconds: 10
  timeoutSeconds: 10
  failureThreshold: 30
readinessProbe:
  exec: { command: [node, dist/cli/launch/checkPoller.js, {{ .queue }}] }
  periodSeconds: 60
  timeoutSeconds: 10
  failureThreshold: 3
livenessProbe: { httpGet: { path: /metrics, port: metrics }, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 4 }
{{- end }}
{{- end -}}
