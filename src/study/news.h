/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * news.h - what threads tell the one who reads: that there is something new, and what failed.
 *
 * Ownership: _new / _free. Threads: news_wake and news_complain from any, the rest from the reader's.
 *
 *   poll(news_fd(n)) ... news_drain(n); look whether what is waited for is there;
 */
#ifndef MMOE_STUDY_NEWS_H
#define MMOE_STUDY_NEWS_H

#include <mmoe/status.h>

struct news;
struct news *news_new(void);
void news_free(struct news *n); /* NULL allowed */

void news_wake(struct news *n);
/* Kept until it is read; the same line again is one error, and of very many the first are kept. */
void news_complain(struct news *n, const struct mmoe_error *err);

int news_fd(const struct news *n); /* readable where news_wake was called since the last drain */
void news_drain(struct news *n);
/* The oldest error, which is forgotten; MMOE_OK where there is none. */
enum mmoe_status news_error(struct news *n, struct mmoe_error *err);

#endif
