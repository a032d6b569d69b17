#include "image.h"

#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// Where the ELF ends: its table of sections is last in what the linker writes.
static size_t elf_end(const char *path) {
    Elf64_Ehdr header;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || read(file, &header, sizeof header) != sizeof header)
        err(127, "%s", path);
    close(file);
    return header.e_shoff + (size_t)header.e_shentsize * header.e_shnum;
}

void image_find(struct image *image) {
    ssize_t length = readlink("/proc/self/exe", image->path, sizeof image->path - 1);
    if (length < 0)
        err(127, "/proc/self/exe");
    image->path[length] = '\0';
    image->offset = elf_end("/proc/self/exe");
}

int image_open(const struct image *image, sqfs *fs) {
    // Not by its path, where another file may be by now.
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (file < 0 || sqfs_init(fs, file, image->offset) != SQFS_OK) {
        warnx("%s has no readable squashfs at byte %zu: is the file whole?", image->path,
              image->offset);
        return -1;
    }
    return 0;
}

int image_make_folder(char *folder, size_t size, const char *word) {
    const char *parent = getenv("TMPDIR");
    if (parent == NULL || parent[0] != '/')
        parent = "/tmp";
    if ((size_t)snprintf(folder, size, "%s/.%s_bywayXXXXXX", parent, word) >= size)
        return -1;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

int image_fork_apart(void) {
    pid_t first = fork();
    if (first < 0)
        return -1;
    if (first > 0) {
        int status;
        waitpid(first, &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 1 : -1;
    }
    setsid(); // Ctrl-C is the program's
    pid_t second = fork();
    if (second != 0)
        _exit(second < 0);
    // Whoever reads the program's output waits for the end of all who could write to it.
    int nowhere = open("/dev/null", O_RDWR);
    for (int stream = 0; nowhere >= 0 && stream <= 2; stream++)
        dup2(nowhere, stream);
    if (nowhere > 2)
        close(nowhere);
    return chdir("/"); // 0: nobody's folder is kept from being unmounted
}
