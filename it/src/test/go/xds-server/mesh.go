package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	router "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/resource/v3"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
)

// everyone is the one key of the snapshot cache: all nodes see the same mesh.
const everyone = "everyone"

type oneGroup struct{}

func (oneGroup) ID(*core.Node) string { return everyone }

// mesh holds the endpoints of all services and publishes them as snapshots.
type mesh struct {
	snapshots cache.SnapshotCache

	lock      sync.Mutex
	version   int
	endpoints map[string][]string
}

func newMesh() *mesh {
	m := &mesh{snapshots: cache.NewSnapshotCache(true, oneGroup{}, nil), endpoints: map[string][]string{}}
	if err := m.publish(context.Background()); err != nil {
		panic(err) // an empty snapshot has nothing that can be wrong
	}
	return m
}

// set replaces the endpoints of a service, which comes into being if need be.
func (m *mesh) set(ctx context.Context, name string, endpoints []string) error {
	for _, text := range endpoints {
		if _, err := address(text); err != nil {
			return err
		}
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	m.endpoints[name] = endpoints
	return m.publish(ctx)
}

func (m *mesh) publish(ctx context.Context) error {
	resources := map[resource.Type][]types.Resource{
		resource.ListenerType: {}, resource.RouteType: {}, resource.ClusterType: {}, resource.EndpointType: {},
	}
	for name, endpoints := range m.endpoints {
		assignment, err := assignmentOf(name, endpoints)
		if err != nil {
			return err
		}
		listener, err := listenerOf(name)
		if err != nil {
			return err
		}
		for kind, made := range map[resource.Type]types.Resource{
			resource.ListenerType: listener, resource.RouteType: routesOf(name),
			resource.ClusterType: clusterOf(name), resource.EndpointType: assignment,
		} {
			resources[kind] = append(resources[kind], made)
		}
	}
	m.version++
	snapshot, err := cache.NewSnapshot(strconv.Itoa(m.version), resources)
	if err != nil {
		return err
	}
	return m.snapshots.SetSnapshot(ctx, everyone, snapshot)
}

func listenerOf(name string) (*listener.Listener, error) {
	last, err := anypb.New(&router.Router{})
	if err != nil {
		return nil, err
	}
	manager, err := anypb.New(&hcm.HttpConnectionManager{
		StatPrefix: name,
		RouteSpecifier: &hcm.HttpConnectionManager_Rds{
			Rds: &hcm.Rds{ConfigSource: ads(), RouteConfigName: name},
		},
		HttpFilters: []*hcm.HttpFilter{{
			Name: "envoy.filters.http.router", ConfigType: &hcm.HttpFilter_TypedConfig{TypedConfig: last},
		}},
	})
	if err != nil {
		return nil, err
	}
	return &listener.Listener{Name: name, ApiListener: &listener.ApiListener{ApiListener: manager}}, nil
}

func routesOf(name string) *route.RouteConfiguration {
	return &route.RouteConfiguration{
		Name: name,
		VirtualHosts: []*route.VirtualHost{{
			Name:    name,
			Domains: []string{"*"},
			Routes: []*route.Route{{
				Match: &route.RouteMatch{PathSpecifier: &route.RouteMatch_Prefix{Prefix: "/"}},
				Action: &route.Route_Route{Route: &route.RouteAction{
					ClusterSpecifier: &route.RouteAction_Cluster{Cluster: name},
				}},
			}},
		}},
	}
}

func clusterOf(name string) *cluster.Cluster {
	return &cluster.Cluster{
		Name:                 name,
		ClusterDiscoveryType: &cluster.Cluster_Type{Type: cluster.Cluster_EDS},
		EdsClusterConfig:     &cluster.Cluster_EdsClusterConfig{EdsConfig: ads()},
		ConnectTimeout:       durationpb.New(5 * time.Second),
		LbPolicy:             cluster.Cluster_ROUND_ROBIN,
	}
}

func assignmentOf(name string, endpoints []string) (*endpoint.ClusterLoadAssignment, error) {
	group := &endpoint.LocalityLbEndpoints{}
	for _, text := range endpoints {
		where, err := address(text)
		if err != nil {
			return nil, err
		}
		group.LbEndpoints = append(group.LbEndpoints, &endpoint.LbEndpoint{
			HostIdentifier: &endpoint.LbEndpoint_Endpoint{Endpoint: &endpoint.Endpoint{Address: where}},
		})
	}
	return &endpoint.ClusterLoadAssignment{
		ClusterName: name, Endpoints: []*endpoint.LocalityLbEndpoints{group},
	}, nil
}

func address(text string) (*core.Address, error) {
	host, portText, err := net.SplitHostPort(text)
	if err != nil {
		return nil, fmt.Errorf("endpoint %q is no HOST:PORT: %w", text, err)
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("endpoint %q: the port is no number from 0 to 65535", text)
	}
	return &core.Address{Address: &core.Address_SocketAddress{SocketAddress: &core.SocketAddress{
		Address: host, PortSpecifier: &core.SocketAddress_PortValue{PortValue: uint32(port)},
	}}}, nil
}

func ads() *core.ConfigSource {
	return &core.ConfigSource{
		ResourceApiVersion:    core.ApiVersion_V3,
		ConfigSourceSpecifier: &core.ConfigSource_Ads{Ads: &core.AggregatedConfigSource{}},
	}
}
