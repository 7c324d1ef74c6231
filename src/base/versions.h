/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * versions.h - VERSIONS before a function: gcc on x86-64 compiles it for AVX2
 * and AVX-512 as well, and the loader takes the one the processor can run. For
 * loops whose results do not depend on the width of a vector.
 */
#ifndef MMOE_BASE_VERSIONS_H
#define MMOE_BASE_VERSIONS_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MMOE_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MMOE_SANITIZED 1
#endif

/* Sanitizers are not ready yet when the loader asks which version to take. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(MMOE_SANITIZED)
#define VERSIONS __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define VERSIONS
#endif

#endif
