/** The configuration that `turnpike init` writes: a node to play with, and to grow from. */
export const STARTER_CONFIG = `# A Turnpike node. The format is version 2 of Crossbar.io's node configuration; JSON works as well (config.json).
# Relative paths are relative to this file's directory. After a change: turnpike check, then restart.
version: 2

workers:
  # One process. It holds realms, and listens on transports.
  - type: router

    realms:
      # A realm is a world of its own: sessions see only who is in the same realm.
      - name: realm1
        roles:
          # Each session has one role, and a role has permissions: what is not allowed here is denied.
          - name: anonymous
            permissions:
              # Everything under com.example. (for a single URI: match: exact; with wildcards: match: wildcard)
              - uri: com.example.
                match: prefix
                allow:
                  call: true
                  register: true
                  publish: true
                  subscribe: true
                disclose:
                  caller: false
                  publisher: false

    transports:
      # One port for web pages and WebSockets.
      - type: web
        endpoint:
          type: tcp
          port: 8080
          # This machine only. Remove the line to listen to the world, once the clients have to log in.
          interface: 127.0.0.1
        paths:
          # http://127.0.0.1:8080/ : the files of a directory
          "/":
            type: static
            directory: ../web
          # http://127.0.0.1:8080/info : what this node is
          info:
            type: nodeinfo
          # ws://127.0.0.1:8080/ws : where WAMP clients connect
          ws:
            type: websocket
            auth:
              # Whoever comes is let in, with this role.
              anonymous:
                type: static
                role: anonymous
              # With a ticket, instead (add a role "user" to the realm above, and set the variable for the node):
              # ticket:
              #   type: static
              #   principals:
              #     alice:
              #       ticket: "\${ALICE_TICKET}"
              #       role: user
              # Or let a procedure of yours decide, at each login, who comes in and as what:
              # ticket:
              #   type: dynamic
              #   authenticator: com.example.authenticate
              #   authenticator-realm: realm1
`;
