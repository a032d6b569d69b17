// An AppImage's first program: makes what is in the file available and becomes it.
//
//   this process                        beside it, nobody's child
//   environment, then exec AppRun       serves the mount until no process has a file of it open
//
// So the process that was started is the program: its signals, its exit status, its terminal. A
// process that outlives it, as an engine does its window, keeps the mount. Without FUSE the files are
// extracted, and removed when the last process that runs one has ended.

#include "image.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char help[] =
    "An AppImage: a program with all that it needs, in one file.\n"
    "\n"
    "  --appimage-extract [PATTERN]   write what is in it to ./squashfs-root\n"
    "  --appimage-extract-and-run     run from a temporary copy, without FUSE\n"
    "                                 (as with APPIMAGE_EXTRACT_AND_RUN=1)\n"
    "  --appimage-mount               mount it, say where, and keep it until Ctrl-C\n"
    "  --appimage-offset              where the squashfs begins, in bytes\n"
    "  --appimage-help                this\n"
    "\n"
    "Every other argument is the program's: --help tells more.\n";

// Fork the server; 0 when the image is at the folder, -1 where it cannot be mounted. It ends when
// this process has become the program and nobody runs from there any more.
static int mount_apart(const struct image *image, const char *folder) {
    int told[2], program[2];
    if (access("/dev/fuse", R_OK | W_OK) != 0 || pipe2(told, O_CLOEXEC) || pipe2(program, O_CLOEXEC))
        return -1;
    int who = image_fork_apart();
    if (who == 0) {
        close(told[0]);
        close(program[1]);
        image_serve(image, folder, told[1], program[0]);
        rmdir(folder);
        _exit(0);
    }
    close(told[1]);
    close(program[0]); // the other end closes when this process executes, or ends
    char word;
    int mounted = who == 1 && read(told[0], &word, 1) == 1;
    close(told[0]);
    return mounted ? 0 : -1;
}

static int extract_apart(const struct image *image, const char *folder) {
    int program = syscall(SYS_pidfd_open, getpid(), 0);
    if (program < 0 || image_extract(image, folder, NULL))
        return -1;
    if (geteuid() == 0)
        chmod(folder, 0755); // as the mount: root's program may become another user
    int who = image_fork_apart();
    if (who == 0) {
        signal(SIGHUP, SIG_IGN);
        image_await_users(folder, program);
        image_remove(folder);
        _exit(0);
    }
    close(program);
    return who == 1 ? 0 : -1;
}

static void become(const struct image *image, const char *folder, char **arguments) {
    char program[PATH_MAX + 8], here[PATH_MAX];
    snprintf(program, sizeof program, "%s/AppRun", folder);
    setenv("APPIMAGE", image->path, 1);
    setenv("APPDIR", folder, 1);
    setenv("ARGV0", arguments[0] != NULL ? arguments[0] : image->path, 1);
    if (getcwd(here, sizeof here) != NULL)
        setenv("OWD", here, 1);
    arguments[0] = program;
    execv(program, arguments); // a program, no script: a script is not open while its shell starts
    err(127, "%s", program);
}

static void run(const struct image *image, char **arguments, int extracted) {
    char folder[PATH_MAX];
    if (!extracted) {
        if (image_make_folder(folder, sizeof folder, "mount"))
            err(127, "no temporary folder");
        if (mount_apart(image, folder) == 0)
            become(image, folder, arguments);
        rmdir(folder);
    }
    if (image_make_folder(folder, sizeof folder, "extracted"))
        err(127, "no temporary folder");
    if (extract_apart(image, folder) == 0)
        become(image, folder, arguments);
    image_remove(folder);
    errx(127, "%s can be neither mounted nor extracted", image->path);
}

// Here, so that the terminal's Ctrl-C ends it.
static void keep_mounted(const struct image *image) {
    char folder[PATH_MAX], word;
    int told[2];
    if (image_make_folder(folder, sizeof folder, "mount") || pipe2(told, O_CLOEXEC))
        err(127, "no temporary folder");
    pid_t speaker = fork();
    if (speaker == 0) {
        close(told[1]);
        if (read(told[0], &word, 1) != 1) {
            rmdir(folder);
            errx(127, "it cannot be mounted here: /dev/fuse and fusermount3 are needed");
        }
        puts(folder);
        fflush(stdout);
        _exit(0);
    }
    close(told[0]);
    image_serve(image, folder, told[1], -1);
    rmdir(folder);
}

int main(int count, char **arguments) {
    struct image image;
    image_find(&image);
    const char *option = count > 1 ? arguments[1] : "";
    const char *asked = getenv("APPIMAGE_EXTRACT_AND_RUN");
    if (strcmp(option, "--appimage-help") == 0) {
        fputs(help, stdout);
    } else if (strcmp(option, "--appimage-offset") == 0) {
        printf("%zu\n", image.offset);
    } else if (strcmp(option, "--appimage-extract") == 0) {
        if (mkdir("squashfs-root", 0755) && errno != EEXIST)
            err(1, "squashfs-root");
        return image_extract(&image, "squashfs-root", count > 2 ? arguments[2] : NULL) ? 1 : 0;
    } else if (strcmp(option, "--appimage-mount") == 0) {
        keep_mounted(&image);
    } else if (strcmp(option, "--appimage-extract-and-run") == 0) {
        arguments[1] = arguments[0];
        run(&image, arguments + 1, 1);
    } else {
        run(&image, arguments, asked != NULL && strcmp(asked, "1") == 0);
    }
    return 0;
}
