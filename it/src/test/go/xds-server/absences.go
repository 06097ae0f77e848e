package main

import "github.com/envoyproxy/go-control-plane/pkg/cache/v3"

// absences is a cache that answers at once, as the delta protocol asks for, that a name does not exist.
// go-control-plane itself keeps silent, and a client's requests wait as long as they may.
type absences struct {
	cache.SnapshotCache
}

func (a absences) CreateDeltaWatch(
	request *cache.DeltaRequest, subscription cache.Subscription, answers chan cache.DeltaResponse,
) (func(), error) {
	known := subscription.ReturnedResources()
	// Only the names that this request brings: the answer is acknowledged, and must not be repeated then.
	for _, name := range request.GetResourceNamesSubscribe() {
		if _, found := known[name]; !found && name != "*" {
			known[name] = "" // as if it had been sent: if there is none, the cache answers that it is gone
		}
	}
	return a.SnapshotCache.CreateDeltaWatch(request, subscription, answers)
}
