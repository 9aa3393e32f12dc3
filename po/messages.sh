#!/bin/sh
# Every text of the sources that is marked for translation, as a template for catalogues, to standard output.
#
#     po/messages.sh SOURCE-DIRECTORY
set -e
cd "${1:?source directory}"
find src man -name '*.c' | LC_ALL=C sort | xgettext --files-from=- --output=- --language=C --from-code=UTF-8 \
    --keyword=_ --keyword=N_ --keyword=P_:1,2 --add-comments=TRANSLATORS: --no-location --no-wrap \
    --package-name=tcpviz --copyright-holder='the tcpviz developers' |
    sed '/^"POT-Creation-Date/d; s/charset=CHARSET/charset=UTF-8/'
