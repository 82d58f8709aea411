// Nexus as the scenarios of conformance want a router: two realms, everybody may do everything, all that it has is on.
// Usage: router WEBSOCKET-ADDRESS RAWSOCKET-ADDRESS
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/gammazero/nexus/v3/router"
	"github.com/gammazero/nexus/v3/wamp"
)

func realm(name wamp.URI) *router.RealmConfig {
	return &router.RealmConfig{
		URI:              name,
		AnonymousAuth:    true,
		AllowDisclose:    true,
		EnableMetaKill:   true,
		EnableMetaModify: true,
		TopicEventHistoryConfigs: []*router.TopicEventHistoryConfig{
			{Topic: "turnpike.conformance.history", MatchPolicy: "exact", Limit: 100},
			{Topic: "turnpike.conformance.history", MatchPolicy: "prefix", Limit: 100},
		},
	}
}

func main() {
	config := &router.Config{RealmConfigs: []*router.RealmConfig{realm("realm1"), realm("realm2")}}
	r, err := router.NewRouter(config, log.New(os.Stderr, "", 0))
	if err != nil {
		log.Fatal(err)
	}
	raw, err := router.NewRawSocketServer(r).ListenAndServe("tcp", os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	defer raw.Close()
	log.Fatal(http.ListenAndServe(os.Args[1], router.NewWebsocketServer(r)))
}
