// The image as plain files, for where FUSE is not to be had.

#include "image.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int write_file(sqfs *fs, sqfs_inode *inode, const char *path) {
    static char block[1 << 20];
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, inode->base.mode & 0777);
    if (file < 0)
        return -1;
    off_t at = 0;
    while (at < (off_t)inode->xtra.reg.file_size) {
        sqfs_off_t size = sizeof block;
        if (sqfs_read_range(fs, inode, at, &size, block) != SQFS_OK || size <= 0) {
            errno = EIO;
            break;
        }
        if (write(file, block, size) != size)
            break;
        at += size;
    }
    return close(file) == 0 && at == (off_t)inode->xtra.reg.file_size ? 0 : -1;
}

static int write_link(sqfs *fs, sqfs_inode *inode, const char *path) {
    char target[PATH_MAX];
    size_t size = sizeof target;
    if (sqfs_readlink(fs, inode, target, &size) != SQFS_OK) {
        errno = EIO;
        return -1;
    }
    return symlink(target, path);
}

static int write_entry(sqfs *fs, sqfs_inode *inode, const char *path) {
    if (S_ISDIR(inode->base.mode))
        return mkdir(path, 0755) == 0 || errno == EEXIST ? 0 : -1;
    return S_ISLNK(inode->base.mode) ? write_link(fs, inode, path) : write_file(fs, inode, path);
}

// The folders that a path leads through, where a pattern has left them out.
static void make_parents(char *path, size_t from) {
    for (char *slash = strchr(path + from, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
}

int image_extract(const struct image *image, const char *folder, const char *pattern) {
    sqfs fs;
    sqfs_traverse walk;
    sqfs_err error = SQFS_OK;
    char path[PATH_MAX];
    if (image_open(image, &fs))
        return -1;
    if (sqfs_traverse_open(&walk, &fs, sqfs_inode_root(&fs)) != SQFS_OK)
        return -1;
    while (sqfs_traverse_next(&walk, &error)) {
        sqfs_inode inode;
        if (walk.dir_end || (pattern != NULL && fnmatch(pattern, walk.path, FNM_LEADING_DIR) != 0))
            continue;
        if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, walk.path) >= sizeof path)
            errx(1, "%s: the path is too long", walk.path);
        make_parents(path, strlen(folder) + 1);
        if (sqfs_inode_get(&fs, &inode, sqfs_dentry_inode(&walk.entry)) != SQFS_OK)
            errno = EIO;
        else if (write_entry(&fs, &inode, path) == 0)
            continue;
        warn("%s", path);
        error = SQFS_ERR;
        break;
    }
    sqfs_traverse_close(&walk);
    return error == SQFS_OK ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *found, int kind, struct FTW *where) {
    (void)found, (void)kind, (void)where;
    return remove(path);
}

void image_remove(const char *folder) {
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

// A descriptor of some process that runs a file below the folder, -1 for none.
static int some_user(const char *folder) {
    size_t length = strlen(folder);
    int found = -1;
    DIR *processes = opendir("/proc");
    for (struct dirent *each; processes != NULL && found < 0 && (each = readdir(processes));) {
        char link[300], program[PATH_MAX];
        snprintf(link, sizeof link, "/proc/%s/exe", each->d_name);
        ssize_t size = readlink(link, program, sizeof program - 1);
        if (size > (ssize_t)length && strncmp(program, folder, length) == 0 && program[length] == '/')
            found = syscall(SYS_pidfd_open, atoi(each->d_name), 0);
    }
    if (processes != NULL)
        closedir(processes);
    return found;
}

void image_await_users(const char *folder, int program) {
    for (int each = program; each >= 0; each = some_user(folder)) {
        struct pollfd ended = {each, POLLIN, 0};
        while (poll(&ended, 1, -1) < 0 && errno == EINTR)
            continue;
        close(each);
    }
}
