import { ReadError, type ClusterClient, type ResourceType, type Watch } from '#cluster'
import type { Surroundings } from '#kinds/acceptance'
import { KINDS } from '#kinds/crd'
import { API_VERSION } from '#kinds/meta'
import type { Clock } from '#kit/clock'
import { errorText } from '#kit/errors'
import type { Logger } from '#kit/log'
import { pruneConfigured } from './accept.ts'
import type { Leader } from './leader.ts'
import { createManifests } from './manifests.ts'
import type { Feed } from './feed.ts'
import { oldCrds } from './old-crds.ts'
import { createRecheck } from './recheck.ts'
import { sinkReconciler } from './reconcile-sink.ts'
import { sourceReconciler } from './reconcile-source.ts'
import { workflowReconciler } from './reconcile-workflow.ts'
import { titleOf, type Kind, type Reconciler, type World } from './reconciler.ts'
import { createSecretCache } from './secret-cache.ts'
import { secretProblem } from './missing-secrets.ts'
import { createStatusWriter, judgeStatus } from './status.ts'
import { createWorkQueue } from './work-queue.ts'

export interface ApiFeedOptions {
  client: Pick<ClusterClient, 'watch' | 'get' | 'applyStatus' | 'schemas'>
  /** Only these; empty: all. */
  namespaces: readonly string[]
  /** Who writes the statuses. */
  leader: Pick<Leader, 'isLeader' | 'onChange'>
  /** What the process lends to Workflows: its own keys, its own model. */
  lent: Omit<Surroundings, 'trusted'>
  identityProblem: World['identityProblem']
  /** Default: nothing watches. */
  watchTrouble?: World['watchTrouble']
  clock: Clock
  log: Logger
}

const RECONCILERS: { [K in Kind]: Reconciler<never> } = { Source: sourceReconciler, Workflow: workflowReconciler, Sink: sinkReconciler }
/** How soon old CRDs are looked at again: somebody is about to renew them. */
const OLD_CRDS_MS = 30_000
const ORDER: readonly Kind[] = ['Sink', 'Workflow', 'Source']

/**
 * Fills the registry from the API server, and tells in the objects' status what is thought of them. Returns at once: while the API
 * server is away, or refuses, the registry is incomplete, `state` says why, and it heals by itself.
 *
 * Two queues. `manifests` judges what comes, one object after another, without asking anybody: every replica does, and the registry
 * follows. `statuses` asks for Secrets and ServiceAccounts and writes: the leader alone does.
 */
export function feedFromApi(
  options: ApiFeedOptions,
): Feed & { synced: Promise<void>; judgeAgain(kind: Kind, namespace: string, name: string): void } {
  const { client, leader, log } = options
  let complete = false
  const secret = createSecretCache({ client })
  const manifests = createManifests(RECONCILERS, secret, () => complete)
  const world: World = {
    find: manifests.find,
    secretProblem: (namespace, ref, field) => secretProblem(secret, namespace, ref, field),
    identityProblem: options.identityProblem,
    watchTrouble: options.watchTrouble ?? (() => null),
    lent: options.lent,
  }
  const recheck = createRecheck()
  const writer = createStatusWriter(client, options.clock)
  /** Why statuses cannot be written; by kind, since rights are given by kind. */
  const refusals = new Map<Kind, string>()
  let old: readonly string[] = []
  const crds = createWorkQueue({
    name: 'crds',
    log,
    async work(_, signal) {
      const found = await oldCrds(client, signal)
      for (const one of found) if (!old.includes(one)) log.error(one)
      old = found
      return old.length > 0 ? OLD_CRDS_MS : undefined
    },
  })

  const incoming = createWorkQueue({
    name: 'manifests',
    log,
    concurrency: 1,
    async work(title) {
      const { kind, namespace, name } = partsOf(title)
      const raw = watches[kind].get(`${namespace}/${name}`) ?? null
      const before = manifests.known(title)
      const wake = await manifests.take(kind, namespace, name, raw)
      const after = manifests.known(title)
      if (before && before.uid !== after?.uid) writer.forget(before.uid)
      if (after && after !== before && after.problems.length > 0)
        log.warn({ object: title, problem: after.problems[0] }, 'a manifest cannot be used')
      if (!after) recheck.forget(title)
      if (!complete) return
      for (const one of [title, ...wake]) statuses.add(one)
    },
  })

  const statuses = createWorkQueue({
    name: 'statuses',
    log,
    async work(title, signal) {
      const { kind, namespace, name } = partsOf(title)
      const raw = watches[kind].get(`${namespace}/${name}`)
      const known = manifests.known(title)
      // Judged before it is spoken of: an object that is newer than its judgement is in the first queue, and comes here from there.
      if (!leader.isLeader() || !raw || raw.metadata.deletionTimestamp || known?.uid !== raw.metadata.uid) return
      if (known?.generation !== raw.metadata.generation) return
      const { answers, cost, missing } = await judgeStatus(RECONCILERS[kind], known!, world)
      await writer.write(TYPES[kind], raw, answers, signal).then(
        () => refusals.delete(kind),
        (error: unknown) => {
          if (error instanceof ReadError && error.reason === 'Forbidden') refusals.set(kind, toldWithRemedy(error))
          throw error
        },
      )
      return recheck.after(title, cost, missing)
    },
  })

  const watch = (kind: Kind): Watch =>
    client.watch(TYPES[kind], {
      namespaces: options.namespaces,
      prune: pruneConfigured,
      onChange: (key) => incoming.add(`${kind} ${key}`),
      onTrouble: (trouble) => {
        if (trouble) log.warn({ reason: trouble.reason }, `manifests may be out of date: ${toldWithRemedy(trouble)}`)
        else log.info({ kind }, 'manifests are up to date again')
      },
    })
  const watches = Object.fromEntries(ORDER.map((kind) => [kind, watch(kind)])) as Record<Kind, Watch>
  const everything = (): void => {
    for (const kind of ORDER)
      for (const { metadata } of watches[kind].list()) statuses.add(titleOf(kind, metadata.namespace!, metadata.name))
  }
  const leave = leader.onChange((isLeader) => isLeader && complete && everything())

  const sync = async (): Promise<void> => {
    await Promise.all(ORDER.map((kind) => watches[kind].synced))
    await incoming.idle()
    complete = true
    const { registry } = manifests
    const counts = { sources: registry.sources().length, workflows: registry.workflows().length, sinks: registry.sinks().length }
    log.info(counts, 'manifests are in force')
    crds.add('all')
    everything()
  }
  const synced = sync()
  synced.catch((error: unknown) => log.debug({ error: errorText(error) }, 'the feed was closed before it was complete'))

  return {
    registry: manifests.registry,
    synced,
    /** Something that its condition tells has changed, and nobody watches that. */
    judgeAgain: (kind, namespace, name) => complete && statuses.add(titleOf(kind, namespace, name)),
    state: () => ({
      complete,
      troubles: [...ORDER.flatMap((kind) => watches[kind].trouble() ?? []).map(toldWithRemedy), ...refusals.values(), ...old],
    }),
    async close() {
      leave()
      await Promise.all(ORDER.map((kind) => watches[kind].close()))
      await incoming.close()
      await statuses.close()
      await crds.close()
    },
  }
}

const typeOf = (kind: Kind): ResourceType => ({
  apiVersion: API_VERSION,
  kind,
  plural: KINDS.find((one) => one.kind === kind)!.plural,
  namespaced: true,
})
const TYPES: Record<Kind, ResourceType> = { Source: typeOf('Source'), Workflow: typeOf('Workflow'), Sink: typeOf('Sink') }

/** The reverse of `titleOf`. */
function partsOf(title: string): { kind: Kind; namespace: string; name: string } {
  const [, kind, namespace, name] = /^(\w+) ([^/]+)\/(.+)$/.exec(title)!
  return { kind: kind as Kind, namespace: namespace!, name: name! }
}

const REMEDIES: Readonly<Record<string, string>> = {
  NoSuchResource: 'Install the kinds: `inquest crds | kubectl apply --server-side --force-conflicts -f -`',
  Forbidden: "Give the operator's role that verb: `helm upgrade` puts back what chart/rbac/operator.yaml has",
}
/** What is in the way, in the API server's own words, and what to do. */
function toldWithRemedy({ reason, message }: { reason: string; message: string }): string {
  const remedy = REMEDIES[reason]
  return remedy ? `${message}. ${remedy}` : message
}
