import type { Api, Json, KubeObject } from './api.ts'
import type { Resources } from './resources.ts'

/** A manifest cannot know the uid of an owner that the API server made a moment ago: static pods of a Node, a Job of a CronJob. */
export async function completeOwners(api: Api, resources: Resources, { metadata }: KubeObject): Promise<void> {
  for (const owner of (metadata.ownerReferences ?? []) as Json[]) {
    if (owner.uid) continue
    const { apiVersion, kind, name } = owner
    owner.uid = (await api.get(await resources.path({ apiVersion, kind, namespace: metadata.namespace, name }))).metadata.uid
  }
}
