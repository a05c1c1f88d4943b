import type { ClusterReader, KubeObject, ListOptions, ResourceType } from '#cluster'
import { byNamespaceAndName } from '../../src/cluster/reader.ts'
import { fieldTest, labelTest } from '../../src/cluster/selectors.ts'
import { noiseOf, type Noise } from './noise.ts'

/** The same cluster, in which much else goes on that has nothing to do with what is asked. */
export function noisyReader(reader: ClusterReader, noise: Noise): ClusterReader {
  const more = (type: ResourceType, options: ListOptions): KubeObject[] => {
    const tests = [labelTest(options.labelSelector), fieldTest(options.fieldSelector)]
    return (noise.byKind.get(type.kind) ?? []).filter(
      (object) =>
        (options.namespace === undefined || object.metadata.namespace === options.namespace) && tests.every((test) => test(object)),
    )
  }
  return {
    title: reader.title,
    oddities: reader.oddities,
    list: async (type, options) => {
      const added = more(type, options)
      // A namespace that is noise alone is not in the bundle, which would say that it is not recorded.
      const isAdded = options.namespace !== undefined && noise.namespaces.has(options.namespace)
      return isAdded ? added : [...(await reader.list(type, options)), ...added].sort(byNamespaceAndName)
    },
    get: async (type, namespace, name, signal) => {
      const added = more(type, namespace === null ? {} : { namespace }).find((object) => object.metadata.name === name)
      return added ?? reader.get(type, namespace, name, signal)
    },
    logs: async (request, signal) => (noise.pods.has(request.pod) ? 'listening on :8080\n' : reader.logs(request, signal)),
    now: () => reader.now(),
    types: () => reader.types(),
    close: () => reader.close(),
  }
}

export { noiseOf }
