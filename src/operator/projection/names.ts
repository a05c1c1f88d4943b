import type { ResourceType } from '#cluster'
import { API_GROUP, API_VERSION } from '#kinds/meta'

export const INVESTIGATIONS: ResourceType = { apiVersion: API_VERSION, kind: 'Investigation', plural: 'investigations', namespaced: true }
export const EVENTS: ResourceType = { apiVersion: 'events.k8s.io/v1', kind: 'Event', plural: 'events', namespaced: true }

/**
 * Labels of the objects that Inquest makes. The id says which row an object belongs to, also when it comes back from a backup: an object
 * that has one is never a request.
 */
export const ID_LABEL = `${API_GROUP}/id`
export const WORKFLOW_LABEL = `${API_GROUP}/workflow`
export const SOURCE_LABEL = `${API_GROUP}/source`
export const INCIDENT_LABEL = `${API_GROUP}/incident`
