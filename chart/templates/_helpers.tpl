{{- define "inquest.labels" -}}
app.kubernetes.io/name: inquest
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "inquest.selector" -}}
app.kubernetes.io/name: inquest
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "inquest.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- /* Exactly one database. */ -}}
{{- define "inquest.database" -}}
{{- if and .Values.database.embedded.enabled .Values.database.existingSecret -}}
{{- fail "database: set existingSecret or embedded.enabled, not both" -}}
{{- else if .Values.database.embedded.enabled -}}
embedded
{{- else if .Values.database.existingSecret -}}
postgres
{{- else -}}
{{- fail "database: name the Secret with PostgreSQL's URL (--set database.existingSecret=NAME), or try it out with --set database.embedded.enabled=true" -}}
{{- end -}}
{{- end }}

{{- define "inquest.replicas" -}}
{{- if eq (include "inquest.database" .) "embedded" }}1{{ else }}{{ .Values.replicas }}{{ end -}}
{{- end }}

{{- /* The server's configuration file. What a user sets under `config` wins, but for what the chart itself decides. */ -}}
{{- define "inquest.config" -}}
{{- $own := dict "webhookListen" "0.0.0.0:8080" "apiListen" "0.0.0.0:8081" "dataDir" "/var/lib/inquest" }}
{{- with .Values.watchNamespaces }}{{ $_ := set $own "watchNamespaces" . }}{{ end }}
{{- with .Values.publicUrl }}{{ $_ := set $own "publicUrl" . }}{{ end }}
{{- with .Values.model.name }}{{ $_ := set $own "model" . }}{{ end }}
{{- with .Values.model.baseURL }}{{ $_ := set $own "modelBaseUrl" . }}{{ end }}
{{- if .Values.model.apiKeySecret.name }}{{ $_ := set $own "modelApiKeyFile" "/etc/inquest/model/api-key" }}{{ end }}
{{- with .Values.prometheus.url }}{{ $_ := set $own "prometheusUrl" . }}{{ end }}
{{- if .Values.prometheus.tokenSecret.name }}{{ $_ := set $own "prometheusTokenFile" "/etc/inquest/prometheus/token" }}{{ end }}
{{- toYaml (merge $own .Values.config) }}
{{- end }}
