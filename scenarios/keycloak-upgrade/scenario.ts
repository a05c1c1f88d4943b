import { setContainer } from '../../control-plane/patches.ts'
import { crashLooping } from '../../scenarios/shared/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const isNew = (pod: KubeObject) => pod.spec.containers[0].image.endsWith(':26.3.3')
const at = (seconds: number, text: string) => ({ after: seconds, text: `{log4j} ${text}` })

export const scenario: Scenario = {
  title: 'an upgrade of Keycloak migrates the database for longer than the liveness probe waits',
  now: '2026-09-17T19:21:44Z',
  steps: [
    { at: '-61d4h', apply: ['shared/entry-controller.yaml', 'shared/monitoring.yaml', '10-identity.yaml'], manager: 'argocd-controller' },
    {
      at: '-48m',
      manager: 'argocd-controller',
      patch: [
        setContainer({ kind: 'Deployment', namespace: 'identity', name: 'keycloak' }, 'keycloak', {
          image: 'quay.io/keycloak/keycloak:26.3.3',
          readinessProbe: { httpGet: { path: '/health/ready', port: 9000 } },
          livenessProbe: { httpGet: { path: '/health/live', port: 9000 } },
        }),
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'identity', labels: { app: 'keycloak' }, where: isNew },
      // The management interface comes up when the server has started, after the migration.
      probes: { readiness: { refused: true }, liveness: { refused: true } },
      stop: { code: 143, after: 2 },
      logs: [
        at(6, 'INFO  [org.keycloak.quarkus.runtime.storage.infinispan.CacheManagerFactory] (main) Starting Infinispan embedded cache manager'),
        at(7, 'INFO  [org.keycloak.spi.infinispan.impl.embedded.JGroupsConfigurator] (main) JGroups JDBC_PING discovery enabled.'),
        at(8, "INFO  [org.infinispan.CONTAINER] (main) Virtual threads support enabled"),
        at(9, 'INFO  [org.infinispan.CONTAINER] (main) ISPN000556: Starting user marshaller \'org.infinispan.commons.marshall.ImmutableProtoStreamMarshaller\''),
        at(11, 'INFO  [org.keycloak.connections.infinispan.DefaultInfinispanConnectionProviderFactory] (main) Node name: node_{ms}4713, Site name: null'),
        at(14, 'INFO  [org.keycloak.quarkus.runtime.storage.database.liquibase.QuarkusJpaUpdaterProvider] (main) Updating database. Using changelog META-INF/jpa-changelog-master.xml'),
      ],
    },
    {
      pods: { namespace: 'identity', labels: { app: 'keycloak' }, where: (pod) => !isNew(pod) },
      logs: [at(19, 'INFO  [io.quarkus] (main) Keycloak 24.0.5 on JVM (powered by Quarkus 3.8.4) started in 18.412s. Listening on: http://0.0.0.0:8080')],
    },
    {
      pods: { namespace: 'identity', labels: { app: 'keycloak-db' } },
      logs: [
        { after: 2, text: '{day} {clock} UTC [1] LOG:  database system is ready to accept connections' },
        { after: 300, every: 300, text: '{day} {clock} UTC [63] LOG:  checkpoint starting: time' },
      ],
    },
    {
      pods: { namespace: 'identity', labels: { app: 'keycloak-db' } },
      since: '-48m',
      logs: [{ after: 96, every: 113, text: '{day} {clock} UTC [{n}71] LOG:  could not receive data from client: Connection reset by peer\n{day} {clock} UTC [{n}71] LOG:  unexpected EOF on client connection with an open transaction' }],
    },
    {
      pods: { namespace: 'ingress-nginx' },
      since: '-48m',
      logs: [
        { after: 6, every: 61, text: 'W{klog}       7 controller.go:1231] Service "identity/keycloak" does not have any active Endpoint.' },
        { after: 5, every: 9, text: '10.20.1.11 - - [{clf}] "GET /realms/buerger/.well-known/openid-configuration HTTP/2.0" 503 190 "-" "Mozilla/5.0" 71 0.000 [identity-keycloak-http] [] - - - - {id}' },
      ],
    },
  ],
  alert: crashLooping('identity', 'keycloak-', 'keycloak', '-31m'),
}
