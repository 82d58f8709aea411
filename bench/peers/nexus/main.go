// Nexus as a peer of the bench: two addresses of the loopback, one realm, everybody may do everything.
// Usage: router WEBSOCKET-ADDRESS RAWSOCKET-ADDRESS
package main

import (
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/gammazero/nexus/v3/router"
	"github.com/gammazero/nexus/v3/router/auth"
)

// users knows the one user of the bench; what opens the door is no secret.
type users struct{}

func (users) AuthKey(authid, method string) ([]byte, error) {
	if authid != "user" {
		return nil, errors.New("no such user")
	}
	if method == "ticket" {
		return []byte("secret-of-the-user"), nil
	}
	return []byte("secret-of-the-user"), nil
}

func (users) PasswordInfo(string) (string, int, int) { return "", 0, 0 }

func (users) AuthRole(string) (string, error) { return "user", nil }

func (users) Provider() string { return "static" }

func main() {
	realm := &router.RealmConfig{
		URI:           "realm1",
		AnonymousAuth: true,
		Authenticators: []auth.Authenticator{
			auth.NewTicketAuthenticator(users{}, 10*time.Second),
			auth.NewCRAuthenticator(users{}, 10*time.Second),
		},
	}
	// It logs every session that is reset, which is how the clients of the bench go.
	r, err := router.NewRouter(&router.Config{RealmConfigs: []*router.RealmConfig{realm}}, log.New(io.Discard, "", 0))
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
