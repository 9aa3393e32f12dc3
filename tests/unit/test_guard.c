/* What a parser that an intruder has taken over could do in each mode, tried for real in a process
 * that has given up its rights; and what the broker opens for it. */
#include "config.h"

#include "support.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard/guard.h"
#include "guard/impl.h"

#define NOBODY 65534

static char directory[64];
/* What the child has from before it gave up its rights. */
static struct {
    int data;        /* a file, at its beginning */
    int socket;      /* TCP, not connected */
    int capture;     /* stands for the socket of a live capture */
    int capture_far; /* where what is written to it arrives */
    int terminal;    /* of a terminal's, which types nothing */
    struct sockaddr_in listener;
    int status; /* /proc/self/status */
} had;

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void put_file(const char *name, const char *bytes, size_t length)
{
    int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), length);
    close(fd);
}

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/tcpviz-guard-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    put_file("capture", "\xa1\xb2\xc3\xd4 and so on", 14);
    put_file("secret.txt", "secret", 6);
    put_file("there.pcap", "precious", 8);
    put_file("script", "save x\n", 7);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    DIR *open_directory = opendir(directory);
    for (struct dirent *entry; (entry = readdir(open_directory)) != NULL;)
        unlinkat(dirfd(open_directory), entry->d_name, 0);
    closedir(open_directory);
    return rmdir(directory);
}

/* --- a process that gives up its rights --- */

static void prepare(void)
{
    int listener = socket(AF_INET, SOCK_STREAM, 0), pair[2];
    socklen_t length = sizeof had.listener;
    had.listener =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (bind(listener, (struct sockaddr *)&had.listener, sizeof had.listener) != 0 ||
        listen(listener, 8) != 0 ||
        getsockname(listener, (struct sockaddr *)&had.listener, &length) != 0 ||
        socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0)
        _exit(99);
    had.data = open(path_of("secret.txt"), O_RDWR);
    had.socket = socket(AF_INET, SOCK_STREAM, 0);
    had.capture = pair[0];
    had.capture_far = pair[1];
    had.terminal = posix_openpt(O_RDWR | O_NOCTTY);
    had.status = open("/proc/self/status", O_RDONLY);
    guard_allow(path_of("secret.txt"), GUARD_READ);
    guard_allow(path_of("made"), GUARD_WRITE);
    guard_allow(path_of("there.pcap"), GUARD_REPLACE);
}

struct mode {
    enum guard_source source;
    bool terminal, netlink;
};

static struct guard_needs needs_of(const struct mode *mode)
{
    return (struct guard_needs){
        .source = mode->source,
        .terminal = mode->terminal,
        .netlink = mode->netlink,
        .capture_fd = mode->source == GUARD_SOURCE_LIVE ? had.capture : -1,
        .confinement = true,
    };
}

/* The exit status of attempt() in a process that has given up its rights. */
static int run_in(const struct mode *mode, const struct guard_user *user, int (*attempt)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        const struct guard_options options = {.user = *user};
        const char *why;
        signal(SIGPIPE, SIG_IGN);
        prepare();
        struct guard_needs needs = needs_of(mode);
        if (!guard_start(&options) || !guard_enter(user, &needs, &why))
            _exit(98);
        guard_seal();
        _exit(attempt());
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static const struct guard_user stay = {.change = false};

/* --- what an intruder would do: 0 if it all fails, else the number of the one that did not --- */

#define REFUSED(number, done)                                                                      \
    do {                                                                                           \
        errno = 0;                                                                                 \
        if (done)                                                                                  \
            return (number);                                                                       \
    } while (0)

static int open_files(void)
{
    static char from[128];
    strcpy(from, path_of("capture"));
    REFUSED(1, open("/etc/passwd", O_RDONLY) >= 0);
    REFUSED(2, open(path_of("secret.txt"), O_RDONLY) >= 0);
    REFUSED(3, open(path_of("new.pcap"), O_RDWR | O_CREAT, 0600) >= 0);
    REFUSED(4, unlink(path_of("secret.txt")) == 0);
    REFUSED(5, rename(from, path_of("other")) == 0);
    REFUSED(6, mkdir(path_of("deeper"), 0700) == 0);
    REFUSED(7, symlink(from, path_of("link")) == 0);
    REFUSED(8, chmod(path_of("secret.txt"), 0777) == 0);
    REFUSED(9, open("/proc/self/mem", O_RDWR) >= 0);
    REFUSED(10, opendir("/") != NULL);
    REFUSED(11, open("/usr/share", O_RDONLY) >= 0);
    return 0;
}

static int run_programs(void)
{
    char *const nothing[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c",
                             (char *)(uintptr_t) "exit 3", NULL};
    REFUSED(1, fork() >= 0);
    execve("/bin/sh", nothing, nothing + 3); /* else it ends with 3 */
    if (errno != EPERM && errno != EACCES)
        return 4;
    REFUSED(5, mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
                   MAP_FAILED);
    REFUSED(6, ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0);
    REFUSED(7, kill(getppid(), SIGCONT) == 0);
    REFUSED(8, ioctl(had.terminal, TIOCSTI, "x") == 0 || errno != EPERM);
    REFUSED(9, setuid(0) == 0);
    REFUSED(10, unshare(CLONE_NEWUSER) == 0);
    return 0;
}

static int reach_out(void)
{
    REFUSED(1, socket(AF_INET, SOCK_STREAM, 0) >= 0);
    REFUSED(2, socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
    REFUSED(3, connect(had.socket, (struct sockaddr *)&had.listener, sizeof had.listener) == 0);
    REFUSED(4, bind(had.socket, (struct sockaddr *)&had.listener, sizeof had.listener) == 0 ||
                   errno != EPERM);
    return 0;
}

static int write_packets(void)
{
    struct iovec part = {(char *)(uintptr_t) "x", 1};
    REFUSED(1, write(had.capture, "x", 1) == 1);
    REFUSED(2, writev(had.capture, &part, 1) == 1);
    REFUSED(3, dup(had.capture) >= 0);
    REFUSED(4, fcntl(had.capture, F_DUPFD, 0) >= 0);
    REFUSED(5, send(had.capture, "x", 1, 0) == 1);
    REFUSED(6, recv(had.capture_far, &part, 1, MSG_DONTWAIT) == 1);
    return 0;
}

/* --- what the program does --- */

static bool holds(int fd, const char *text)
{
    char bytes[32] = "";
    return fd >= 0 && pread(fd, bytes, sizeof bytes - 1, 0) >= 0 && strcmp(bytes, text) == 0;
}

static int do_work(void)
{
    char *memory = malloc(1 << 22);
    int made;
    if (memory == NULL || !holds(had.data, "secret"))
        return 1;
    memset(memory, 1, 1 << 22);
    free(memory);
    if (!holds(guard_open(path_of("secret.txt"), GUARD_READ), "secret"))
        return 2;
    made = guard_open(path_of("made"), GUARD_WRITE);
    if (made < 0 || write(made, "made", 4) != 4 || !holds(made, "made"))
        return 3;
    if (guard_open(path_of("capture"), GUARD_READ) < 0) /* not named, but a capture */
        return 4;
    if (raise(SIGCONT) != 0)
        return 5;
    return 0;
}

/* --- what the broker refuses --- */

static int ask_for_more(void)
{
    static char hidden[128];
    snprintf(hidden, sizeof hidden, "%s/.hidden.pcap", directory);
    REFUSED(1, guard_open("/etc/passwd", GUARD_READ) >= 0 || errno != EPERM);
    REFUSED(2, guard_open(path_of("secret.txt"), GUARD_WRITE) >= 0);
    REFUSED(3, guard_open(path_of("there.pcap"), GUARD_WRITE) >= 0 || errno != EEXIST);
    REFUSED(4, guard_open(path_of("new.sh"), GUARD_WRITE) >= 0 || errno != EPERM);
    REFUSED(5, guard_open(hidden, GUARD_WRITE) >= 0 || errno != EPERM);
    REFUSED(6, guard_open(path_of("script"), GUARD_READ) >= 0);
    REFUSED(7, guard_replace(path_of("secret.txt")) >= 0 || errno != EPERM);
    REFUSED(8, guard_replaced(path_of("there.pcap"), true));
    REFUSED(9, guard_open("", GUARD_READ) >= 0 || errno != ENOENT);
    REFUSED(10, guard_open("/dev/zero", GUARD_READ) >= 0);
    REFUSED(11, guard_open(path_of("another.pcap"), GUARD_WRITE) < 0);
    REFUSED(12, guard_open(path_of("another.pcap"), GUARD_WRITE) >= 0);
    return 0;
}

static int replace_file(void)
{
    int fd = guard_replace(path_of("there.pcap"));
    if (fd < 0 || write(fd, "new", 3) != 3 || !guard_replaced(path_of("there.pcap"), true))
        return 1;
    fd = guard_replace(path_of("there.pcap"));
    if (fd < 0 || write(fd, "other", 5) != 5 || !guard_replaced(path_of("there.pcap"), false))
        return 2;
    return 0;
}

static void in_each_mode(int (*attempt)(void))
{
    static const struct mode modes[] = {
        {GUARD_SOURCE_FILE, false, false}, {GUARD_SOURCE_FILE, true, false},
        {GUARD_SOURCE_LIVE, false, false}, {GUARD_SOURCE_LIVE, true, true},
        {GUARD_SOURCE_LAB, false, false},  {GUARD_SOURCE_LAB, true, true},
    };
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        int status = run_in(&modes[i], &stay, attempt);
        if (status != 0)
            fail_msg("mode %zu: attempt %d", i, status);
        unlink(path_of("made"));
        unlink(path_of("another.pcap"));
    }
}

static void it_opens_no_file(void **state)
{
    (void)state;
    in_each_mode(open_files);
}

static void it_runs_no_program(void **state)
{
    (void)state;
    in_each_mode(run_programs);
}

static void it_reaches_nobody(void **state)
{
    (void)state;
    in_each_mode(reach_out);
}

static void it_sends_no_packet(void **state)
{
    (void)state;
    int status = run_in(&(struct mode){GUARD_SOURCE_LIVE, true, true}, &stay, write_packets);
    assert_int_equal(status, 0);
}

static void it_does_its_work(void **state)
{
    (void)state;
    in_each_mode(do_work);
}

static void the_broker_refuses(void **state)
{
    (void)state;
    in_each_mode(ask_for_more);
}

static void the_broker_replaces(void **state)
{
    (void)state;
    int status = run_in(&(struct mode){GUARD_SOURCE_FILE, false, false}, &stay, replace_file);
    assert_int_equal(status, 0);
    int fd = open(path_of("there.pcap"), O_RDONLY);
    assert_true(holds(fd, "new"));
    close(fd);
    DIR *open_directory = opendir(directory);
    for (struct dirent *entry; (entry = readdir(open_directory)) != NULL;)
        assert_null(strstr(entry->d_name, "there.pcap."));
    closedir(open_directory);
}

/* --- whose rights --- */

static int whose_rights(void)
{
    char text[4096];
    ssize_t got = pread(had.status, text, sizeof text - 1, 0);
    text[got > 0 ? got : 0] = '\0';
    if (getuid() != NOBODY || geteuid() != NOBODY || getgid() != NOBODY || getegid() != NOBODY)
        return 1;
    if (strstr(text, "\nCapPrm:\t0000000000000000\n") == NULL ||
        strstr(text, "\nCapEff:\t0000000000000000\n") == NULL ||
        strstr(text, "\nCapBnd:\t0000000000000000\n") == NULL)
        return 2;
    if (strstr(text, "\nNoNewPrivs:\t1\n") == NULL)
        return 3;
    if (strstr(text, "\nGroups:\t \n") == NULL)
        return 4;
    if (seteuid(0) == 0 || setuid(0) == 0)
        return 5;
    /* the directory is root's alone: what is named there is opened all the same */
    int made = guard_open(path_of("made"), GUARD_WRITE);
    struct stat status;
    if (made < 0 || fstat(made, &status) != 0 || status.st_uid != NOBODY || status.st_gid != NOBODY)
        return 6;
    if (guard_open(path_of("secret.txt"), GUARD_READ) < 0)
        return 7;
    if (guard_open(path_of("capture"), GUARD_READ) >= 0) /* the user cannot, and did not name it */
        return 8;
    if (guard_open(path_of("another.pcap"), GUARD_WRITE) >= 0)
        return 9;
    return 0;
}

static void root_becomes_the_user(void **state)
{
    (void)state;
    const struct guard_user nobody = {.change = true, .uid = NOBODY, .gid = NOBODY};
    if (geteuid() != 0 || setgroups(0, NULL) != 0)
        return; /* nobody else can be become; tests/e2e/rights.sh says so */
    int status = run_in(&(struct mode){GUARD_SOURCE_LIVE, false, false}, &nobody, whose_rights);
    assert_int_equal(status, 0);
    unlink(path_of("made"));
}

static void the_user_is_who_called(void **state)
{
    (void)state;
    struct guard_user user;
    if (geteuid() != 0)
        return;
    unsetenv("SUDO_UID");
    unsetenv("SUDO_GID");
    unsetenv("DOAS_USER");
    assert_true(guard_user_find(NULL, &user));
    assert_false(user.change);
    assert_true(guard_user_find("nobody", &user));
    assert_true(user.change);
    assert_int_equal(user.uid, NOBODY);
    assert_false(guard_user_find("no such user", &user));
    setenv("SUDO_UID", "12345", 1);
    setenv("SUDO_GID", "23456", 1);
    assert_true(guard_user_find(NULL, &user));
    assert_true(user.change);
    assert_int_equal(user.uid, 12345);
    assert_int_equal(user.gid, 23456);
    static const char *const wrong[] = {"", "0", "-1", "4294967295", "99999999999999999999", "1x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        setenv("SUDO_UID", wrong[i], 1);
        assert_true(guard_user_find(NULL, &user));
        assert_false(user.change);
    }
    unsetenv("SUDO_UID");
    unsetenv("SUDO_GID");
}

/* --- messages --- */

static void wrong_messages_end_it(void **state)
{
    (void)state;
    static struct guard_request request;
    const struct guard_options options = {.user = stay};
    struct guard_reply reply;
    int fd;
    memset(&request, 'x', sizeof request);
    assert_false(guard_broker_serve(&options, &request, sizeof request, &reply, &fd));
    request = (struct guard_request){.kind = GUARD_REQUEST_OPEN, .path = "/etc/passwd"};
    assert_false(guard_broker_serve(&options, &request, sizeof request - 1, &reply, &fd));
    assert_true(guard_broker_serve(&options, &request, sizeof request, &reply, &fd));
    assert_int_equal(reply.error, EPERM);
    assert_int_equal(fd, -1);
    memset(request.path, 'x', sizeof request.path);
    assert_false(guard_broker_serve(&options, &request, sizeof request, &reply, &fd));
    request = (struct guard_request){.kind = GUARD_REQUEST_KINDS, .path = "x"};
    assert_false(guard_broker_serve(&options, &request, sizeof request, &reply, &fd));
    request = (struct guard_request){.kind = GUARD_REQUEST_OPEN, .mode = GUARD_MODES, .path = "x"};
    assert_false(guard_broker_serve(&options, &request, sizeof request, &reply, &fd));
}

/* Whether this build and this system have what confines a process. */
static int is_confined(void)
{
    struct guard_state state;
    guard_describe(&state);
    return state.landlock && state.seccomp;
}

int main(void)
{
    const struct CMUnitTest always[] = {
        cmocka_unit_test(it_does_its_work),       cmocka_unit_test(the_broker_refuses),
        cmocka_unit_test(the_broker_replaces),    cmocka_unit_test(root_becomes_the_user),
        cmocka_unit_test(the_user_is_who_called), cmocka_unit_test(wrong_messages_end_it),
    };
    const struct CMUnitTest all[] = {
        cmocka_unit_test(it_does_its_work),       cmocka_unit_test(the_broker_refuses),
        cmocka_unit_test(the_broker_replaces),    cmocka_unit_test(root_becomes_the_user),
        cmocka_unit_test(the_user_is_who_called), cmocka_unit_test(wrong_messages_end_it),
        cmocka_unit_test(it_opens_no_file),       cmocka_unit_test(it_runs_no_program),
        cmocka_unit_test(it_reaches_nobody),      cmocka_unit_test(it_sends_no_packet),
    };
    /* else tests/e2e/rights.sh says by name that it is not confined */
    if (run_in(&(struct mode){GUARD_SOURCE_FILE, false, false}, &stay, is_confined))
        return cmocka_run_group_tests_name("guard", all, make_directory, remove_directory);
    return cmocka_run_group_tests_name("guard", always, make_directory, remove_directory);
}
