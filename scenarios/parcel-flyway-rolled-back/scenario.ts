import type { KubeObject } from '../../control-plane/api.ts'
import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Behaviour } from '../../control-plane/kubelet/behaviours.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../shared/around.ts'

const API = { kind: 'Deployment', namespace: 'land-registry', name: 'parcel-api' } as const
const IMAGE = 'nexus.kadaster.example/land-registry/parcel-api'
const old = ({ spec }: KubeObject) => spec.containers[0].image === `${IMAGE}:5.7.2`
const line = (rest: string) => `{time}  ${rest}`
const spring = (version: string): Behaviour['logs'] => [
  { after: 0.1, text: 'Picked up JAVA_TOOL_OPTIONS: -XX:MaxRAMPercentage=70' },
  { after: 1.4, text: line(`INFO 1 --- [parcel-api] [           main] n.k.parcels.ParcelApiApplication         : Starting ParcelApiApplication v${version} using Java 21.0.8 with PID 1 (/app/parcel-api.jar started by app in /app)`) },
  { after: 3.6, text: line('INFO 1 --- [parcel-api] [           main] o.s.b.w.embedded.tomcat.TomcatWebServer  : Tomcat initialized with port 8080 (http)') },
  { after: 4.4, text: line('INFO 1 --- [parcel-api] [           main] com.zaxxer.hikari.pool.HikariPool        : HikariPool-1 - Added connection org.postgresql.jdbc.PgConnection@5b5f6b9d') },
  { after: 4.5, text: line('INFO 1 --- [parcel-api] [           main] org.flywaydb.core.FlywayExecutor         : Database: jdbc:postgresql://parcel-db:5432/parcels (PostgreSQL 16.9)') },
]
const VALIDATE = 'Validate failed: Migrations have failed validation\nDetected applied migration not resolved locally: 58.\nIf you removed this migration intentionally, run repair to mark the migration as deleted.\nNeed more flexibility with validation rules? Learn more: https://rd.gt/3AbJUZE'
const CREATION = "Error creating bean with name 'flywayInitializer' defined in class path resource [org/springframework/boot/autoconfigure/flyway/FlywayAutoConfiguration$FlywayConfiguration.class]: "

export const scenario: Scenario = {
  title: 'a release was rolled back after it had migrated the database',
  now: '2026-10-15T16:05:30Z',
  steps: [
    { at: '-70d', apply: ['shared/kps.yaml', 'shared/edge.yaml'], manager: 'helm' },
    { at: '-52d4h', apply: ['10-registry.yaml'], manager: 'helm' },
    { at: '-1d3h', manager: 'helm', patch: [setImage(API, 'api', `${IMAGE}:5.8.0`)] },
    { at: '-41m', manager: 'helm', patch: [setImage(API, 'api', `${IMAGE}:5.7.2`)] },
  ],
  behaviours: [
    ...around,
    {
      pods: { namespace: 'land-registry', labels: { app: 'parcel-api' }, where: old },
      since: '-1d2h',
      listens: [],
      exits: { code: 1, after: 7 },
      logs: [
        ...(spring('5.7.2') ?? []),
        { after: 5.2, text: line(`WARN 1 --- [parcel-api] [           main] ConfigServletWebServerApplicationContext : Exception encountered during context initialization - cancelling refresh attempt: org.springframework.beans.factory.BeanCreationException: ${CREATION}${VALIDATE}`) },
        { after: 5.3, text: line('INFO 1 --- [parcel-api] [           main] com.zaxxer.hikari.HikariDataSource       : HikariPool-1 - Shutdown completed.') },
        { after: 5.5, text: line('ERROR 1 --- [parcel-api] [           main] o.s.boot.SpringApplication               : Application run failed') },
        {
          after: 5.6,
          text: `\norg.springframework.beans.factory.BeanCreationException: ${CREATION}${VALIDATE}\n\tat org.springframework.beans.factory.support.AbstractAutowireCapableBeanFactory.initializeBean(AbstractAutowireCapableBeanFactory.java:1818)\n\tat org.springframework.beans.factory.support.AbstractAutowireCapableBeanFactory.doCreateBean(AbstractAutowireCapableBeanFactory.java:607)\n\tat org.springframework.boot.SpringApplication.run(SpringApplication.java:1361)\n\tat nl.kadaster.parcels.ParcelApiApplication.main(ParcelApiApplication.java:18)\nCaused by: org.flywaydb.core.api.exception.FlywayValidateException: ${VALIDATE}\n\tat org.flywaydb.core.Flyway.lambda$migrate$1(Flyway.java:206)\n\tat org.flywaydb.core.FlywayExecutor.execute(FlywayExecutor.java:210)\n\tat org.flywaydb.core.Flyway.migrate(Flyway.java:188)\n\t... 19 common frames omitted`,
        },
      ],
    },
    {
      pods: { namespace: 'land-registry', labels: { app: 'parcel-api' }, where: (pod) => !old(pod) },
      logs: [
        ...(spring('5.8.0') ?? []),
        { after: 5.1, text: line('INFO 1 --- [parcel-api] [           main] o.f.core.internal.command.DbValidate     : Successfully validated 58 migrations (execution time 00:00.061s)') },
        { after: 5.3, text: line('INFO 1 --- [parcel-api] [           main] o.f.core.internal.command.DbMigrate      : Schema "public" is up to date. No migration necessary.') },
        { after: 9.1, text: line('INFO 1 --- [parcel-api] [           main] n.k.parcels.ParcelApiApplication         : Started ParcelApiApplication in 8.402 seconds (process running for 9.05)') },
        { after: 60, every: 55, text: line('INFO 1 --- [parcel-api] [nio-8080-exec-4] n.k.parcels.web.ParcelController         : parcel lookup NL.IMKAD.{id} {ms} ms') },
        { after: 140, every: 960, text: line('WARN 1 --- [parcel-api] [nio-8080-exec-2] n.k.parcels.export.GmlExporter           : export of mutation batch took 41{ms} ms') },
      ],
    },
    { pods: { namespace: 'land-registry', labels: { app: 'parcel-db' } }, logs: [{ after: 2, text: '{pg} UTC [1] LOG:  database system is ready to accept connections' }, { after: 300, every: 900, text: '{pg} UTC [27] LOG:  checkpoint complete: wrote 112 buffers (0.7%); 0 WAL file(s) added, 0 removed, 0 recycled' }] },
    { pods: { namespace: 'land-registry', labels: { app: 'map-tiles' } }, logs: [{ after: 2, text: '[{time} INFO  martin] Martin has been started on 0.0.0.0:3000.' }] },
  ],
  alert: (podsOf) => {
    const pod = podsOf('land-registry', 'parcel-api-').find((one) => old(one))
    return kubePrometheus.podCrashLooping({ namespace: 'land-registry', pod: pod?.metadata.name, container: 'api', startsAt: '-23m' })
  },
}
