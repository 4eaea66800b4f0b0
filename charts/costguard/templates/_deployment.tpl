{{/* One Deployment: (dict "root" $ "name" "llm-worker" "part" $part "tag" "" "suffix" ""). With a tag it is an earlier build of
a worker pool, kept until its workflows have ended. */}}
{{- define "costguard.deployment" -}}
{{- $root := .root -}}
{{- $part := .part -}}
{{- $values := $part.values -}}
{{- $full := include "costguard.fullname" $root -}}
{{- $scaled := and (not .tag) (or (and $part.queue $values.autoscaling $root.Values.keda.enabled) (and $values.autoscaling (dig "enabled" false ($values.autoscaling | default dict)))) -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $full }}-{{ .name }}{{ .suffix }}
  labels:
    {{- include "costguard.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .name }}
spec:
  {{- if not $scaled }}
  replicas: {{ ternary 1 $values.replicas (ne .tag "") }}
  {{- end }}
  revisionHistoryLimit: 3
  {{- if and $part.state $root.Values.mcpState.persistent }}
  # Its volume can be mounted by one pod only.
  strategy: { type: Recreate }
  {{- else }}
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  {{- end }}
  selector:
    matchLabels:
      {{- include "costguard.selector" $root | nindent 6 }}
      app.kubernetes.io/component: {{ .name }}
      {{- if $part.queue }}
      costguard.ai/build: {{ .tag | default "current" | quote }}
      {{- end }}
  template:
    metadata:
      labels:
        {{- include "costguard.podLabels" $root | nindent 8 }}
        app.kubernetes.io/component: {{ .name }}
        {{- if $part.queue }}
        costguard.ai/build: {{ .tag | default "current" | quote }}
        {{- end }}
        {{- with $values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        # New pods whenever what they read at their start has changed. Too short to try passwords against.
        checksum/settings: {{ include "costguard.settings" $root | sha256sum | trunc 8 | quote }}
        {{- range $part.secrets }}
        checksum/secret-{{ . }}: {{ get $root.Values.secrets . | toJson | sha256sum | trunc 8 | quote }}
        {{- end }}
        {{- with $values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ $full }}-{{ .name }}
      automountServiceAccountToken: false
      # They would set variables named after Services, some of which mean something else here.
      enableServiceLinks: false
      {{- include "costguard.pullSecrets" $root | nindent 6 }}
      {{- include "costguard.podSecurity" $root | nindent 6 }}
      # Above what the part itself allows for what it is doing.
      terminationGracePeriodSeconds: {{ ternary 40 30 (hasKey $part "queue") }}
      {{- with $values.priorityClassName | default $root.Values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with $values.nodeSelector | default $root.Values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.tolerations | default $root.Values.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints:
        {{- $name := .name }}
        {{- range $root.Values.topologyKeys }}
        - topologyKey: {{ . }}
          maxSkew: 1
          whenUnsatisfiable: {{ $root.Values.topologyUnsatisfiable }}
          labelSelector:
            matchLabels:
              {{- include "costguard.selector" $root | nindent 14 }}
              app.kubernetes.io/component: {{ $name }}
        {{- end }}
      containers:
        - name: {{ .name }}
          image: {{ include "costguard.image" (dict "root" $root "name" $part.image "tag" .tag) }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          args: {{ $part.args | toJson }}
          {{- include "costguard.containerSecurity" $root | nindent 10 }}
          envFrom:
            - configMapRef: { name: {{ $full }}-settings }
          {{- with include "costguard.partEnv" . | trim }}
          env:
            {{- . | nindent 12 }}
          {{- end }}
          ports:
            {{- if $part.port }}
            - { name: http, containerPort: {{ $part.port }} }
            {{- else }}
            - { name: metrics, containerPort: 9464 }
            {{- end }}
          {{- include "costguard.probes" $part | nindent 10 }}
          {{- if $part.port }}
          # Until no Service sends it requests any more.
          lifecycle: { preStop: { sleep: { seconds: 5 } } }
          {{- end }}
          resources: {{- toYaml $values.resources | nindent 12 }}
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
            {{- if $part.account }}
            - { name: account, mountPath: /run/costguard/account, readOnly: true }
            {{- end }}
            {{- if $part.state }}
            - { name: state, mountPath: /var/lib/costguard }
            {{- end }}
            {{- with $values.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - { name: tmp, emptyDir: { sizeLimit: 256Mi } }
        {{- if $part.account }}
        # The pod waits here until the preparation has written them.
        - name: account
          secret:
            secretName: {{ $full }}-account-{{ $part.account }}
            defaultMode: 0440
            items: [{ key: credentials.json, path: credentials.json }]
        {{- end }}
        {{- if and $part.state $root.Values.mcpState.persistent }}
        - { name: state, persistentVolumeClaim: { claimName: {{ $full }}-{{ .name }} } }
        {{- else if $part.state }}
        - { name: state, emptyDir: { sizeLimit: 64Mi } }
        {{- end }}
        {{- with $values.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- end -}}

{{/* The environment that one part alone has; takes what "costguard.deployment" takes. */}}
{{- define "costguard.partEnv" -}}
{{- $root := .root -}}
{{- $part := .part -}}
{{- $full := include "costguard.fullname" $root -}}
{{- $own := dict -}}
{{- if $part.queue -}}
{{- $_ := set $own "WORKER_METRICS_ADDRESS" "0.0.0.0:9464" -}}
{{- if $root.Values.workerVersioning.enabled -}}
{{- $_ := set $own "TEMPORAL_DEPLOYMENT_NAME" (include "costguard.deploymentName" (dict "root" $root "name" .name)) -}}
{{- $_ := set $own "TEMPORAL_WORKER_BUILD_ID" (.tag | default (include "costguard.buildId" $root)) -}}
{{- end -}}
{{- end -}}
{{- if $part.account | and $part.port -}}
{{- $service := printf "%s-%s" $full .name -}}
{{- $hosts := list $service (printf "%s.%s" $service $root.Release.Namespace) (printf "%s.%s.svc" $service $root.Release.Namespace) (printf "%s.%s.svc.%s" $service $root.Release.Namespace $root.Values.clusterDomain) -}}
{{- if and (eq .name "costguard-server") $root.Values.publicUrls.mcp -}}
{{- $hosts = append $hosts (urlParse $root.Values.publicUrls.mcp).hostname -}}
{{- end -}}
{{- $_ := set $own "MCP_ALLOWED_HOSTS" (join "," $hosts) -}}
{{- end -}}
{{- if $part.state -}}
{{- $_ := set $own "MCP_STATE_DIR" "/var/lib/costguard" -}}
{{- end -}}
{{- if eq .name "api" -}}
{{- $_ := set $own "TRUSTED_PROXIES" $root.Values.trustedProxies -}}
{{- end -}}
{{- if eq .name "backup-worker" -}}
{{- $_ := required "parts.backup-worker.env.BACKUP_LOCATION: a folder that is mounted by extraVolumes, or s3://BUCKET/PREFIX" $part.values.env.BACKUP_LOCATION -}}
{{- end -}}
{{- include "costguard.env" (merge (dict) $part.values.env $own) }}
{{- range $part.secrets }}
{{- include "costguard.secretEnv" (dict "root" $root "name" .) }}
{{- end }}
{{- end -}}

{{/* Temporal's name of a pool's worker deployment, which may hold no dots. */}}
{{- define "costguard.deploymentName" -}}
{{ include "costguard.fullname" .root | replace "." "-" }}-{{ .name }}
{{- end -}}

{{- define "costguard.buildId" -}}
{{ .Values.workerVersioning.buildId | default .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
