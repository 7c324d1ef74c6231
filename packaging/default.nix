# SPDX-License-Identifier: GPL-3.0-or-later
# For Nix: nix-build packaging
{ pkgs ? import <nixpkgs> { } }:

pkgs.stdenv.mkDerivation {
  pname = "mmoe";
  version = "0.1.0";
  src = pkgs.lib.cleanSource ../.;
  nativeBuildInputs = with pkgs; [ autoreconfHook pkg-config ];
  buildInputs = with pkgs; [
    cairo gsl jansson ncurses nettle nlopt openblas readline sqlite zlib
  ];
  nativeCheckInputs = with pkgs; [ cmocka procps python3Packages.numpy tmux ];
  enableParallelBuilding = true;
  doCheck = false; # the whole suite takes minutes: make check
  meta = {
    description = "Terminal workbench for multi-gate mixtures of experts";
    license = pkgs.lib.licenses.gpl3Plus;
    mainProgram = "mmoe";
  };
}
