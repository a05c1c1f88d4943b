import type { Api, Json, KubeObject } from './api.ts'
import type { Resources } from './resources.ts'

/** A manifest cannot know the uid of an object that the API server made a moment ago: an owner (static pods of a Node, a Job of a CronJob), an event's. */
export async function completeOwners(api: Api, resources: Resources, { metadata, involvedObject }: KubeObject): Promise<void> {
  for (const owner of [...(metadata.ownerReferences ?? []), ...(involvedObject ? [involvedObject] : [])] as Json[]) {
    if (owner.uid) continue
    const { apiVersion, kind, name } = owner
    owner.uid = (await api.get(await resources.path({ apiVersion, kind, namespace: metadata.namespace, name }))).metadata.uid
  }
}
