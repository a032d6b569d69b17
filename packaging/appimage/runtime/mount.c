// The image as a file system, by FUSE.

#include "image.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

// Blocks of the image that are kept decompressed. The kernel reads half a block at a time and several
// libraries in turn; the library's own single one made half of all blocks to be decompressed again.
#define KEPT 16

// How many files of the image are open. A process has its program open as long as it lives, and a
// library as long as it is mapped: so this is whether anybody uses the image.
static unsigned long opened;

static void count_open(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *info) {
    opened++; // if that fails there is no release: then it is served for longer than needed
    sqfs_ll_op_open(request, inode, info);
}

static void count_release(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *info) {
    sqfs_ll_op_release(request, inode, info);
    opened--;
}

static const struct fuse_lowlevel_ops operations = {
    .getattr = sqfs_ll_op_getattr,
    .opendir = sqfs_ll_op_opendir,
    .releasedir = sqfs_ll_op_releasedir,
    .readdir = sqfs_ll_op_readdir,
    .lookup = sqfs_ll_op_lookup,
    .open = count_open,
    .release = count_release,
    .read = sqfs_ll_op_read,
    .readlink = sqfs_ll_op_readlink,
    .forget = sqfs_ll_op_forget,
    .statfs = stfs_ll_op_statfs,
};

static void silent(enum fuse_log_level level, const char *format, va_list words) {
    (void)level, (void)format, (void)words; // that it cannot be mounted is not the end
}

// Requests, one after the other, until nobody is left. `end` is readable, or hung up, at the end of
// the start; with `whole`, at the end of all.
static void serve(struct fuse_session *session, int end, int whole) {
    struct fuse_buf buffer = {0};
    struct pollfd wanted[2] = {{fuse_session_fd(session), POLLIN, 0}, {end, POLLIN, 0}};
    int started = 0;
    while (!fuse_session_exited(session) && (!started || opened > 0)) {
        if (poll(wanted, 2, -1) < 0 && errno != EINTR)
            break;
        if (wanted[0].revents) {
            int size = fuse_session_receive_buf(session, &buffer);
            if (size == -EINTR)
                continue;
            if (size <= 0)
                break; // unmounted by somebody else
            fuse_session_process_buf(session, &buffer);
        } else if (wanted[1].revents) { // only now: an open before it has been counted
            if (whole)
                break;
            started = 1;
            wanted[1].fd = -1;
        }
    }
    free(buffer.mem);
}

// SIGINT and SIGTERM, to be waited for; as the program's server, not heard at all.
static int signals(void) {
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    sigprocmask(SIG_BLOCK, &ending, NULL);
    return signalfd(-1, &ending, SFD_CLOEXEC);
}

void image_serve(const struct image *image, const char *folder, int told, int program) {
    // Root's program may become another user (byway up --user), who is to find its files.
    char *words[] = {"byway", "-o", geteuid() == 0 ? "ro,nosuid,nodev,allow_other" : "ro,nosuid,nodev"};
    struct fuse_args arguments = FUSE_ARGS_INIT(3, words);
    sqfs_ll *image_fs = calloc(1, sizeof *image_fs);
    int by_signal = signals();
    fuse_set_log_func(silent);
    if (image_fs == NULL || image_open(image, &image_fs->fs) || sqfs_ll_init(image_fs) != SQFS_OK)
        return;
    sqfs_cache_destroy(&image_fs->fs.data_cache);
    if (sqfs_block_cache_init(&image_fs->fs.data_cache, KEPT) != SQFS_OK)
        return;
    struct fuse_session *session =
        fuse_session_new(&arguments, &operations, sizeof operations, image_fs);
    if (session == NULL)
        return;
    if (fuse_session_mount(session, folder) == 0) {
        if (write(told, "m", 1) == 1) {
            close(told);
            serve(session, program < 0 ? by_signal : program, program < 0);
        }
        fuse_session_unmount(session);
    }
    fuse_session_destroy(session);
}
