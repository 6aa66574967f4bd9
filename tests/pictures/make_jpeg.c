/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "make_jpeg.h"

#include "base/mem.h"

struct text make_jpeg(const struct jpeg_kind *k, const struct image *im, int channels)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long len = 0;
    struct text out = TEXT_INIT;

    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &data, &len);
    c.image_width = (JDIMENSION)im->width;
    c.image_height = (JDIMENSION)im->height;
    c.input_components = channels;
    c.in_color_space = k->from;
    jpeg_set_defaults(&c);
    jpeg_set_colorspace(&c, k->in_file);
    jpeg_set_quality(&c, k->quality ? k->quality : 95, TRUE);
    if (k->bad_table)
        c.quant_tbl_ptrs[0]->quantval[9] = (UINT16)k->bad_table;
    if (!k->subsampled)
        c.comp_info[0].h_samp_factor = c.comp_info[0].v_samp_factor = 1;
    if (k->progressive)
        jpeg_simple_progression(&c);
    if (k->scans) {
        c.scan_info = k->scans;
        c.num_scans = k->n_scans;
    }
    c.restart_interval = (unsigned)k->restart;
    if (k->no_adobe)
        c.write_Adobe_marker = FALSE;
    jpeg_start_compress(&c, TRUE);
    if (k->orientation) {
        unsigned char exif[6 + EXIF_LEN] = "Exif\0";
        make_exif(exif + 6, k->orientation, k->big_endian);
        jpeg_write_marker(&c, JPEG_APP0 + 1, exif, sizeof exif);
    }
    if (k->icc)
        jpeg_write_icc_profile(&c, k->icc, (unsigned)k->icc_len);
    unsigned char *row = mem_alloc((size_t)im->width * 4);
    for (int y = 0; y < im->height; y++) {
        for (int x = 0; x < im->width; x++) {
            const uint8_t *p = image_row(im, y) + 3 * x;
            for (int i = 0; i < channels; i++)
                row[channels * x + i] = i < 3 ? p[i] : 51;
        }
        JSAMPROW rows = row;
        jpeg_write_scanlines(&c, &rows, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    free(row);
    text_addn(&out, (char *)data, len);
    free(data);
    return out;
}
