# SPDX-License-Identifier: GPL-3.0-or-later
# For Homebrew: brew install --build-from-source ./packaging/mmoe.rb, with the archive that
# `make dist` makes in the place of url.
class Mmoe < Formula
  desc "Terminal workbench for multi-gate mixtures of experts"
  homepage "https://doi.org/10.1145/3219819.3220007"
  url "file://#{__dir__}/../build/mmoe-0.1.0.tar.gz"
  license "GPL-3.0-or-later"

  depends_on "autoconf" => :build
  depends_on "automake" => :build
  depends_on "pkgconf" => :build
  depends_on "cairo"
  depends_on "gsl"
  depends_on "jansson"
  depends_on "ncurses"
  depends_on "nettle"
  depends_on "nlopt"
  depends_on "openblas"
  depends_on "readline"
  depends_on "sqlite"
  uses_from_macos "zlib"

  def install
    system "./configure", *std_configure_args
    system "make", "install"
  end

  test do
    assert_match "loss", shell_output("#{bin}/mmoe -b -e 'set rows 500; run 100'")
  end
end
