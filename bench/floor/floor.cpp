// What a router cannot be faster than: the least that the system has to do for calls and events, in C++ and one thread.
//
//     floor PORT
//
// It listens on 127.0.0.1:PORT (0: any free port), says which port that is in one line, and runs until it is killed.
//
// A connection begins with the handshake of RawSocket, which is sent back as it came. Its first frame says what it is
// for: a frame of one octet makes it a subscriber (`s`) or a publisher (`p`), and is sent back too; after any other
// it is an echo. Echoes get their bytes back. What publishers send goes to all subscribers: one send() for each
// subscriber, with everything that one turn of the loop has read.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr size_t HEADER = 4;  // of a frame, and the handshake
constexpr char MAGIC = 0x7f;
constexpr size_t MAX_BACKLOG = 64 << 20;  // of a connection that does not read

enum class Role { handshake, unknown, echo, subscriber, publisher };

struct Connection {
  explicit Connection(int accepted) : socket(accepted) {}

  const int socket;
  Role role = Role::handshake;
  std::string unread;   // what came of a message that is not complete
  std::string backlog;  // what the system did not take yet
};

int poll_fd;
std::vector<std::unique_ptr<Connection>> connections;  // by socket
std::vector<Connection*> subscribers;
std::string batch;  // the frames of publishers that this turn has read

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

void watch(int operation, int socket, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = socket;
  if (epoll_ctl(poll_fd, operation, socket, &event) < 0) die("epoll_ctl");
}

void drop(Connection& connection) {
  const auto found = std::find(subscribers.begin(), subscribers.end(), &connection);
  if (found != subscribers.end()) {
    *found = subscribers.back();
    subscribers.pop_back();
  }
  const int socket = connection.socket;
  close(socket);
  connections[socket].reset();
}

// What the system does not take waits; until it is gone, nothing more is read from that connection.
void send_to(Connection& connection, const char* bytes, size_t size) {
  size_t sent = 0;
  if (connection.backlog.empty()) {
    const ssize_t taken = send(connection.socket, bytes, size, MSG_NOSIGNAL);
    if (taken < 0 && errno != EAGAIN) return drop(connection);
    sent = taken < 0 ? 0 : taken;
    if (sent == size) return;
    watch(EPOLL_CTL_MOD, connection.socket, EPOLLOUT);
  }
  if (connection.backlog.size() + size - sent > MAX_BACKLOG) return drop(connection);
  connection.backlog.append(bytes + sent, size - sent);
}

void send_backlog(Connection& connection) {
  std::string& backlog = connection.backlog;
  const ssize_t taken = send(connection.socket, backlog.data(), backlog.size(), MSG_NOSIGNAL);
  if (taken < 0) {
    if (errno != EAGAIN) drop(connection);
    return;
  }
  backlog.erase(0, taken);
  if (backlog.empty()) watch(EPOLL_CTL_MOD, connection.socket, EPOLLIN);
}

size_t frame_size(const std::string& bytes, size_t at) {
  const auto octet = [&](size_t index) { return static_cast<size_t>(static_cast<unsigned char>(bytes[at + index])); };
  return HEADER + (octet(1) << 16 | octet(2) << 8 | octet(3));
}

void shake_hands(Connection& connection) {
  std::string& unread = connection.unread;
  if (unread.size() < HEADER) return;
  if (unread[0] != MAGIC) return drop(connection);
  connection.role = Role::unknown;
  const std::string answer = std::move(unread);
  unread.clear();
  send_to(connection, answer.data(), HEADER);
}

void assign_role(Connection& connection) {
  std::string& unread = connection.unread;
  if (unread.size() <= HEADER) return;
  const char name = frame_size(unread, 0) == HEADER + 1 ? unread[HEADER] : ' ';
  connection.role = name == 's' ? Role::subscriber : name == 'p' ? Role::publisher : Role::echo;
  if (connection.role == Role::subscriber) subscribers.push_back(&connection);
  const std::string answer = std::move(unread);
  unread.clear();
  send_to(connection, answer.data(), answer.size());
}

// Only whole frames: those of several publishers are not to be mixed.
void publish(Connection& connection) {
  std::string& unread = connection.unread;
  size_t end = 0;
  while (unread.size() - end >= HEADER && frame_size(unread, end) <= unread.size() - end) end += frame_size(unread, end);
  batch.append(unread, 0, end);
  unread.erase(0, end);
}

void read_from(Connection& connection) {
  static std::array<char, 64 << 10> buffer;
  const ssize_t size = recv(connection.socket, buffer.data(), buffer.size(), 0);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0) return drop(connection);
  if (connection.role == Role::echo) return send_to(connection, buffer.data(), size);
  connection.unread.append(buffer.data(), size);
  switch (connection.role) {
    case Role::handshake: return shake_hands(connection);
    case Role::unknown: return assign_role(connection);
    case Role::publisher: return publish(connection);
    default: return connection.unread.clear();
  }
}

int listen_on(uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const general = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, general, length) < 0) die("bind");
  if (listen(listener, SOMAXCONN) < 0) die("listen");
  getsockname(listener, general, &length);
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  return listener;
}

void accept_from(int listener) {
  const int on = 1;
  for (int socket; (socket = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connections.size() <= static_cast<size_t>(socket)) connections.resize(socket + 1);
    connections[socket] = std::make_unique<Connection>(socket);
    watch(EPOLL_CTL_ADD, socket, EPOLLIN);
  }
}

void send_batch() {
  // Backwards: one that is dropped leaves its place to the last, which has had it.
  for (size_t index = subscribers.size(); index-- > 0;) send_to(*subscribers[index], batch.data(), batch.size());
  batch.clear();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: floor PORT\n", stderr);
    return 2;
  }
  poll_fd = epoll_create1(0);
  const int listener = listen_on(static_cast<uint16_t>(std::atoi(arguments[1])));
  watch(EPOLL_CTL_ADD, listener, EPOLLIN);
  std::array<epoll_event, 256> events;
  for (;;) {
    const int ready = epoll_wait(poll_fd, events.data(), events.size(), -1);
    if (ready < 0 && errno != EINTR) die("epoll_wait");
    for (int index = 0; index < ready; index++) {
      const int socket = events[index].data.fd;
      if (socket == listener) accept_from(listener);
      else if (events[index].events & EPOLLOUT) send_backlog(*connections[socket]);
      else read_from(*connections[socket]);
    }
    if (!batch.empty()) send_batch();
  }
}
