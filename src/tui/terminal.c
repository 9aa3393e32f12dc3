/* The terminal: modes, size, keys and frames. The only file that knows ncurses. */
#include "config.h"

#include "tui/terminal.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "tui/keys.h"
#include "tui/style.h"

/* How long an escape sequence may take: Esc itself is answered only then. */
#define ESCAPE_DELAY_MS 50
#define OFFSCREEN_TERM "xterm-256color"

/* ncurses holds one descriptor, curses_fd, for modes and frames alike. While it changes modes that
 * is the terminal, else it is the file in memory. */
static struct {
    SCREEN *screen;
    FILE *curses_stream;
    FILE *input_stream;
    int curses_fd;
    int blocking_fd; /* the terminal, or /dev/null */
    int output_fd;   /* the terminal again, never blocking; -1 offscreen */
    int memory_fd;
    char *pending; /* what the terminal has not taken yet; owned */
    size_t pending_length, pending_done;
    bool offscreen, all_again, gone;
} term = {.curses_fd = -1, .blocking_fd = -1, .output_fd = -1, .memory_fd = -1};

/* What a signal handler needs. */
static struct {
    struct termios modes;
    char leave[256]; /* the sequences that undo ours */
    size_t leave_length;
    volatile sig_atomic_t taken;
    volatile sig_atomic_t resized, stopped;
    int wake[2];
} emergency = {.wake = {-1, -1}};

static const int crash_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT, SIGSYS};
#define CRASH_SIGNALS (sizeof crash_signals / sizeof crash_signals[0])
static struct sigaction crash_before[CRASH_SIGNALS];

void tui_terminal_restore(void)
{
    if (!emergency.taken)
        return;
    emergency.taken = 0;
    int saved = errno;
    /* the descriptor that never blocks: the terminal may be stopped */
    if (write(term.output_fd, emergency.leave, emergency.leave_length) < 0)
        errno = 0; /* nothing more can be done */
    tcsetattr(term.blocking_fd, TCSANOW, &emergency.modes);
    errno = saved;
}

/* The signal comes again, and then has the effect that it had before us: a fault by itself, when
 * this returns to what caused it; what was sent has to be sent once more. */
static void on_crash(int number, siginfo_t *info, void *context)
{
    (void)context;
    tui_terminal_restore();
    for (size_t i = 0; i < CRASH_SIGNALS; i++)
        if (crash_signals[i] == number)
            sigaction(number, &crash_before[i], NULL);
    if (info->si_code <= 0)
        raise(number);
}

static void wake(void)
{
    int saved = errno;
    if (write(emergency.wake[1], "", 1) < 0)
        errno = saved; /* full: it is awake already */
    errno = saved;
}

static void on_resize(int number)
{
    (void)number;
    emergency.resized = 1;
    wake();
}

static void on_stop(int number)
{
    (void)number;
    emergency.stopped = 1;
    wake();
}

static void install_handlers(void)
{
    struct sigaction action = {.sa_flags = SA_RESTART | SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    action.sa_sigaction = on_crash;
    for (size_t i = 0; i < CRASH_SIGNALS; i++)
        sigaction(crash_signals[i], &action, &crash_before[i]);
    action.sa_flags = SA_RESTART;
    action.sa_handler = on_resize;
    sigaction(SIGWINCH, &action, NULL);
    action.sa_handler = on_stop;
    sigaction(SIGTSTP, &action, NULL);
}

static void remove_handlers(void)
{
    for (size_t i = 0; i < CRASH_SIGNALS; i++)
        sigaction(crash_signals[i], &crash_before[i], NULL);
    signal(SIGWINCH, SIG_DFL);
    signal(SIGTSTP, SIG_DFL);
}

/* The terminal by name, so that descriptors of our own can differ from the shell's. */
static int open_tty(int flags)
{
    int fd = open("/dev/tty", flags | O_CLOEXEC | O_NOCTTY);
    const char *name = fd < 0 ? ttyname(STDOUT_FILENO) : NULL;
    return name != NULL ? open(name, flags | O_CLOEXEC | O_NOCTTY) : fd;
}

static bool open_descriptors(void)
{
    int input;
    if (term.offscreen) {
        term.blocking_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
        input = open("/dev/null", O_RDWR | O_CLOEXEC);
    } else {
        term.blocking_fd = open_tty(O_RDWR);
        term.output_fd = open_tty(O_WRONLY | O_NONBLOCK);
        input = open_tty(O_RDWR);
        if (term.output_fd < 0)
            return false;
    }
    term.memory_fd = memfd_create("frame", MFD_CLOEXEC);
    term.curses_fd = fcntl(term.blocking_fd, F_DUPFD_CLOEXEC, 0);
    if (term.blocking_fd < 0 || input < 0 || term.memory_fd < 0 || term.curses_fd < 0)
        return false;
    term.input_stream = fdopen(input, "r");
    term.curses_stream = fdopen(term.curses_fd, "w");
    return term.input_stream != NULL && term.curses_stream != NULL &&
           pipe2(emergency.wake, O_CLOEXEC | O_NONBLOCK) == 0;
}

static void close_descriptors(void)
{
    if (term.curses_stream != NULL)
        fclose(term.curses_stream);
    if (term.input_stream != NULL)
        fclose(term.input_stream);
    const int fds[] = {term.blocking_fd, term.output_fd, term.memory_fd, emergency.wake[0],
                       emergency.wake[1]};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    emergency.wake[0] = emergency.wake[1] = -1;
    term.curses_stream = term.input_stream = NULL;
    term.curses_fd = term.blocking_fd = term.output_fd = term.memory_fd = -1;
}

static void add_leave(const char *sequence)
{
    size_t length = sequence != NULL && sequence != (char *)-1 ? strlen(sequence) : 0;
    if (emergency.leave_length + length > sizeof emergency.leave)
        return;
    memcpy(emergency.leave + emergency.leave_length, sequence, length);
    emergency.leave_length += length;
}

static void prepare_emergency(void)
{
    static const char *const capabilities[] = {"sgr0", "op", "cnorm", "rmkx", "rmcup"};
    emergency.leave_length = 0;
    if (tigetstr("kmous") != NULL && tigetstr("kmous") != (char *)-1)
        add_leave("\033[?1000l\033[?1006l");
    for (size_t i = 0; i < sizeof capabilities / sizeof capabilities[0]; i++)
        add_leave(tigetstr(capabilities[i]));
    emergency.taken = !term.offscreen;
}

static void ask_size(int *width, int *height)
{
    struct winsize size;
    *width = 80;
    *height = 24;
    if (term.offscreen || ioctl(term.blocking_fd, TIOCGWINSZ, &size) != 0)
        return;
    if (size.ws_col > 0 && size.ws_row > 0) {
        *width = size.ws_col;
        *height = size.ws_row;
    }
}

static void divert(int to)
{
    dup2(to, term.curses_fd);
    fcntl(term.curses_fd, F_SETFD, FD_CLOEXEC);
}

static void set_modes(bool color)
{
    cbreak();
    noecho();
    nonl();
    typeahead(-1);
    set_escdelay(ESCAPE_DELAY_MS);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    leaveok(stdscr, FALSE);
    curs_set(0);
    mouseinterval(0);
    mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    tui_style_init(color);
    struct termios modes;
    if (!term.offscreen && tcgetattr(term.blocking_fd, &modes) == 0) {
        /* ^Z is a key, and must not stop us in the middle of a frame; so with ^\ */
        modes.c_cc[VSUSP] = modes.c_cc[VQUIT] = _POSIX_VDISABLE;
        tcsetattr(term.blocking_fd, TCSANOW, &modes);
        def_prog_mode();
    }
}

/* Asked before newterm(), which leaks when it fails. */
static bool is_known(const char *name)
{
    int found;
    if (setupterm(name, term.curses_fd, &found) != OK)
        return false;
    del_curterm(cur_term);
    return true;
}

bool tui_terminal_open(bool offscreen, bool color, struct base_strbuf *error)
{
    const char *name = offscreen ? OFFSCREEN_TERM : getenv("TERM");
    term.offscreen = offscreen;
    term.gone = false;
    if (!open_descriptors()) {
        base_strbuf_printf(error, "the terminal: %s", strerror(errno));
        close_descriptors();
        return false;
    }
    if (!offscreen)
        tcgetattr(term.blocking_fd, &emergency.modes);
    install_handlers(); /* before newterm(), which leaves handlers alone that it finds */
    if (is_known(name))
        term.screen = newterm(name, term.curses_stream, term.input_stream);
    if (term.screen == NULL) {
        remove_handlers();
        close_descriptors();
        base_strbuf_printf(error,
                           "%s: this terminal is not known here; set TERM to one that is, such "
                           "as xterm, or use -f ladder",
                           name);
        return false;
    }
    prepare_emergency();
    set_modes(color);
    int width, height;
    ask_size(&width, &height);
    resizeterm(height, width);
    divert(term.memory_fd);
    return true;
}

void tui_terminal_close(void)
{
    if (term.screen == NULL)
        return;
    divert(term.blocking_fd);
    move(getmaxy(stdscr) - 1, 0); /* where the prompt comes on a terminal with one screen only */
    clrtoeol();
    refresh();
    endwin();
    emergency.taken = 0;
    delscreen(term.screen);
    term.screen = NULL;
    remove_handlers();
    close_descriptors();
    free(term.pending);
    term.pending = NULL;
    term.pending_length = term.pending_done = 0;
}

void tui_terminal_size(int *width, int *height)
{
    getmaxyx(stdscr, *height, *width);
}

void tui_terminal_resize(int width, int height)
{
    resizeterm(height, width);
}

int tui_terminal_input_fd(void)
{
    return term.offscreen ? -1 : fileno(term.input_stream);
}

int tui_terminal_wake_fd(void)
{
    return emergency.wake[0];
}

int tui_terminal_output_fd(void)
{
    return term.output_fd;
}

void tui_terminal_redraw(void)
{
    term.all_again = true;
}

void tui_terminal_suspend(void)
{
    if (term.offscreen)
        return;
    divert(term.blocking_fd);
    endwin();
    signal(SIGTSTP, SIG_DFL);
    raise(SIGTSTP);
    struct sigaction action = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTSTP, &action, NULL);
    refresh();
    divert(term.memory_fd);
    emergency.resized = 1;
    wake();
    tui_terminal_redraw();
}

bool tui_terminal_woken(void)
{
    char bytes[64];
    while (read(emergency.wake[0], bytes, sizeof bytes) > 0)
        continue;
    if (emergency.stopped) {
        emergency.stopped = 0;
        tui_terminal_suspend();
    }
    if (!emergency.resized)
        return false;
    emergency.resized = 0;
    int width, height;
    ask_size(&width, &height);
    resizeterm(height, width);
    tui_terminal_redraw();
    return true;
}

static struct tui_input read_mouse(void)
{
    MEVENT event;
    struct tui_input input = {.key = TUI_KEY_NONE};
    if (getmouse(&event) != OK)
        return input;
    input.x = event.x;
    input.y = event.y;
    if (event.bstate & BUTTON1_PRESSED)
        input.key = TUI_KEY_CLICK;
    else if (event.bstate & BUTTON4_PRESSED)
        input.key = TUI_KEY_WHEEL_UP;
    else if (event.bstate & BUTTON5_PRESSED)
        input.key = TUI_KEY_WHEEL_DOWN;
    return input;
}

static int function_key(wint_t code)
{
    static const struct {
        wint_t code;
        int key;
    } table[] = {
        {KEY_UP, TUI_KEY_UP},         {KEY_DOWN, TUI_KEY_DOWN},
        {KEY_LEFT, TUI_KEY_LEFT},     {KEY_RIGHT, TUI_KEY_RIGHT},
        {KEY_HOME, TUI_KEY_HOME},     {KEY_FIND, TUI_KEY_HOME},
        {KEY_END, TUI_KEY_END},       {KEY_SELECT, TUI_KEY_END},
        {KEY_PPAGE, TUI_KEY_PAGE_UP}, {KEY_NPAGE, TUI_KEY_PAGE_DOWN},
        {KEY_DC, TUI_KEY_DELETE},     {KEY_BACKSPACE, TUI_KEY_BACKSPACE},
        {KEY_ENTER, TUI_KEY_ENTER},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].code == code)
            return table[i].key;
    if (code >= (wint_t)KEY_F(1) && code <= (wint_t)KEY_F(12))
        return TUI_KEY_F1 + (int)(code - (wint_t)KEY_F(1));
    return TUI_KEY_NONE;
}

static int character_key(wint_t character)
{
    if (character == '\r')
        return TUI_KEY_ENTER;
    if (character == 0x7f || character == '\b')
        return TUI_KEY_BACKSPACE;
    return character < 0x110000 ? (int)character : TUI_KEY_NONE;
}

struct tui_input tui_terminal_read(void)
{
    struct tui_input none = {.key = TUI_KEY_NONE};
    wint_t code;
    if (term.offscreen)
        return none;
    for (;;) {
        int kind = get_wch(&code);
        if (kind == ERR)
            break;
        if (kind == KEY_CODE_YES && code == KEY_MOUSE) {
            struct tui_input input = read_mouse();
            if (input.key != TUI_KEY_NONE)
                return input;
            continue;
        }
        int key = kind == KEY_CODE_YES ? function_key(code) : character_key(code);
        if (key != TUI_KEY_NONE)
            return (struct tui_input){.key = key};
    }
    struct pollfd input = {.fd = fileno(term.input_stream), .events = POLLIN};
    if (poll(&input, 1, 0) > 0 && (input.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
        term.gone = true;
    return none;
}

bool tui_terminal_is_gone(void)
{
    return term.gone;
}

bool tui_terminal_is_busy(void)
{
    return term.pending_done < term.pending_length;
}

void tui_terminal_flush(void)
{
    while (tui_terminal_is_busy()) {
        ssize_t written = write(term.output_fd, term.pending + term.pending_done,
                                term.pending_length - term.pending_done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno != EAGAIN)
            term.gone = true;
        if (written < 0)
            return;
        term.pending_done += (size_t)written;
    }
}

/* Moves what ncurses wrote from memory to what waits for the terminal. */
static void collect_frame(void)
{
    off_t length = lseek(term.memory_fd, 0, SEEK_CUR);
    term.pending_length = term.pending_done = 0;
    if (length > 0 && !term.offscreen) {
        term.pending = base_realloc(term.pending, (size_t)length, 1);
        ssize_t got = pread(term.memory_fd, term.pending, (size_t)length, 0);
        term.pending_length = got > 0 ? (size_t)got : 0;
    }
    if (ftruncate(term.memory_fd, 0) == 0)
        lseek(term.memory_fd, 0, SEEK_SET);
    tui_terminal_flush();
}

static void put_cell(int x, int y, const struct view_cell *cell)
{
    struct tui_look look = tui_style_look(cell->role);
    const wchar_t text[2] = {(wchar_t)cell->code_point, L'\0'};
    cchar_t character;
    setcchar(&character, text, look.attributes, look.pair, NULL);
    mvadd_wch(y, x, &character);
}

void tui_terminal_draw(const struct view_grid *grid, int cursor_x, int cursor_y)
{
    int width, height;
    tui_terminal_size(&width, &height);
    if (term.all_again)
        clearok(stdscr, TRUE);
    term.all_again = false;
    for (int y = 0; y < height && y < (int)grid->height; y++) {
        for (int x = 0; x < width && x < (int)grid->width; x++) {
            const struct view_cell *cell = view_grid_cell(grid, (size_t)x, (size_t)y);
            if (cell->width > 0)
                put_cell(x, y, cell);
        }
    }
    curs_set(cursor_x >= 0);
    if (cursor_x >= 0)
        move(cursor_y, cursor_x);
    refresh();
    collect_frame();
}
