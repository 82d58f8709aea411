export const HELP = `npm run bench -- [options]

Measures a WAMP router: calls, events and logins per second, CPU of the router per operation, latency, memory.
Without --url it starts Turnpike itself on free ports of the loopback. The tables go to standard output
as Markdown, progress to standard error. docs/performance.md says how to read and repeat it.

Which router
  --url URL            ws://host:port/path and rs://host:port, each at most once (also ws+unix:, rs+unix:);
                       rows of a transport without URL are left out
  --ticket-url URL     where clients log in with tickets: needed for logins-ticket and logins-dynamic
  --wampcra-url URL    where they log in with WAMP-CRA: needed for logins-wampcra
  --dynamic-url URL    where a dynamic authenticator decides: needed for logins-dynamic
  --rules-url URL      where anonymous clients get a role of 1,000 permissions: needed for calls-16x16-rules
  --authorizer-url URL where they get a role with a dynamic authorizer: needed for calls-16x16-authorizer
  --pid PID[,PID]      processes of the router, for CPU and memory. Default: what it says in WELCOME (x_cb_pid)
  A router given by URL needs the realms, roles and secrets of bench/bench-node.ts.

Beside other routers
  --peers[=NAME,NAME]  also nexus, crossbar, xconn, fox-wamp (or those that are named), where they are installed:
                       each in turn with ours, in one run; prints ratios too
  --install-peers[=…]  install them into bench/peers (needs go, python3, npm), and end

What
  --only NAME[,NAME]   these scenarios, by name or by the beginning of names: calls-16x16,logins
  --list               show the scenarios, and end
  --rate N             calls per second of calls-paced. Default: half of what nexus reached in calls-64x1 of
                       this run, else 10000
  --growth             in place of all that: what a message costs with up to a million registrations and subscriptions,
                       1,000 realms, 10,000 sessions; the whole router over sockets, and inside of it
  --floor              in place of all that: four scenarios in turn with the least that the system has to do for them,
                       a program in C++ (bench/floor; needs Linux and c++), and how many times its CPU ours takes
  --quick              one short run of each: whether it works, not how fast it is

How
  --repeats N          runs of each scenario, alternating; medians are printed. Default 5
  --seconds S          how long each is measured. Default 2
  --warm-up S          how long it runs before. Default 1
  --processes N        load processes. Default 1; more where one is the limit and there are cores for them
  --router-cores LIST  where the router that it starts may run, as taskset takes it: 0 or 0,2-3
  --peer-cores LIST    where the peers may run. Default: as --router-cores; some use several cores
  --load-cores LIST    where the load processes may run; pinning is left out, and said, where there is no taskset

What comes out
  --json FILE          write all samples, options and the machine as JSON
  --charts DIR         draw charts (SVG) into a folder
  --from FILE          of what an earlier run wrote with --json, and measure nothing
  --help               this
`;
