// Xconn as a peer of the bench: two addresses of the loopback, one realm, everybody may do everything.
// Usage: router WEBSOCKET-ADDRESS RAWSOCKET-ADDRESS
package main

import (
	"errors"
	"log"
	"os"

	"github.com/sirupsen/logrus"
	"github.com/xconnio/wampproto-go/auth"
	"github.com/xconnio/xconn-go"
)

// door knows the one user of the bench; what opens it is no secret.
type door struct{}

func (door) Methods() []auth.Method {
	return []auth.Method{auth.MethodAnonymous, auth.MethodTicket, auth.MethodCRA}
}

func (door) Authenticate(request auth.Request) (auth.Response, error) {
	switch request.AuthMethod() {
	case auth.MethodAnonymous:
		return auth.NewResponse(request.AuthID(), "anonymous", 0)
	case auth.MethodTicket:
		asked, ok := request.(*auth.TicketRequest)
		if ok && asked.AuthID() == "user" && asked.Ticket() == "secret-of-the-user" {
			return auth.NewResponse("user", "user", 0)
		}
	case auth.MethodCRA:
		if request.AuthID() == "user" {
			return auth.NewCRAResponse("user", "user", "secret-of-the-user", 0), nil
		}
	}
	return nil, errors.New("no such user")
}

func main() {
	r, err := xconn.NewRouter(&xconn.RouterConfig{})
	if err != nil {
		log.Fatal(err)
	}
	// It logs every session that is reset, which is how the clients of the bench go.
	logrus.SetLevel(logrus.PanicLevel)
	everything := []xconn.Permission{{
		URI: "com.example.", MatchPolicy: "prefix",
		AllowCall: true, AllowRegister: true, AllowPublish: true, AllowSubscribe: true,
	}}
	roles := []xconn.RealmRole{{Name: "anonymous", Permissions: everything}, {Name: "user", Permissions: everything}}
	if err := r.AddRealm("realm1", &xconn.RealmConfig{Roles: roles}); err != nil {
		log.Fatal(err)
	}
	server := xconn.NewServer(r, door{}, nil)
	if _, err := server.ListenAndServeWebSocket(xconn.NetworkTCP, os.Args[1]); err != nil {
		log.Fatal(err)
	}
	if _, err := server.ListenAndServeRawSocket(xconn.NetworkTCP, os.Args[2]); err != nil {
		log.Fatal(err)
	}
	select {}
}
