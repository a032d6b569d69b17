// Two decompressors that libsquashfuse asks for and our images, which are zstd, do not need. LZO's
// library is GPL; LZMA's would be the larger half of this program.

int lzo1x_decompress_safe(void) {
    return -1;
}

int lzma_stream_buffer_decode(void) {
    return 11; // LZMA_PROG_ERROR
}
