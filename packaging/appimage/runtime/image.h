// The file that this program is: an ELF with a squashfs behind it (AppImage type 2,
// https://github.com/AppImage/AppImageSpec/blob/master/draft.md).

#ifndef BYWAY_IMAGE_H
#define BYWAY_IMAGE_H

#include <squashfuse/config.h> // before any other: which FUSE the library was built for

#include <limits.h>
#include <squashfuse/ll.h>
#include <stddef.h>

struct image {
    char path[PATH_MAX]; // absolute, links resolved
    size_t offset;       // of the squashfs, in bytes
};

// Find out about this very file; ends the process where that fails.
void image_find(struct image *image);

// Open the squashfs. 0, or -1 where there is none that could be read.
int image_open(const struct image *image, sqfs *fs);

// A fresh folder in TMPDIR or /tmp, its name with this word in it, for its owner alone. 0, or -1.
int image_make_folder(char *folder, size_t size, const char *word);

// Fork a process that is nobody's child and keeps no terminal and no stream open: 0 in it, its
// parent's 1, -1 for failure.
int image_fork_apart(void);

// mount.c: serve the image at this folder until no process has a file of it open any more. `told`
// is written to when it is there, and closed where it cannot be; the end of `program` says that
// whoever is to run from there runs, or has failed to. With `program` -1 it is served until `stop`.
void image_serve(const struct image *image, const char *folder, int told, int program);

// extract.c: all of the image, or what `pattern` matches (fnmatch(3)), below this folder. 0, or -1
// with a sentence on standard error.
int image_extract(const struct image *image, const char *folder, const char *pattern);

// Remove the folder and everything in it.
void image_remove(const char *folder);

// Return when the process `program` has ended, and every other that runs a file below the folder.
void image_await_users(const char *folder, int program);

#endif
