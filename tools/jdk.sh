# shellcheck shell=sh
# Finds the JDK that builds Ondine. Sourced; sets JAVA_HOME and JDK_MAJOR, or ends with what to install.

# Prints the major version of the JDK at $1, or nothing when there is none (a JRE does not count).
jdk_major() {
  [ -x "$1/bin/javac" ] && [ -x "$1/bin/jlink" ] || return 0
  if [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
  else
    "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'
  fi
}

jdk_candidates() {
  printf '%s\n' "${ONDINE_JAVA_HOME-}" "${JAVA_HOME-}"
  for jdk_dir in /usr/lib/jvm/* /usr/java/* /opt/* /opt/java/* "${SDKMAN_DIR-${HOME-}/.sdkman}"/candidates/java/* \
    "${HOME-}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    printf '%s\n' "$jdk_dir"
  done
  jdk_java=$(command -v javac || true)
  if [ -n "$jdk_java" ]; then
    jdk_java=$(readlink -f -- "$jdk_java" 2>/dev/null || printf '%s' "$jdk_java")
    printf '%s\n' "${jdk_java%/bin/javac}"
  fi
}

# Of the folders on standard input: the first JDK 25, else the first newer one, as "VERSION FOLDER".
first_jdk() {
  jdk_newer=
  while IFS= read -r jdk_dir; do
    [ -n "$jdk_dir" ] || continue
    jdk_version=$(jdk_major "$jdk_dir")
    if [ "$jdk_version" = 25 ]; then
      printf '25 %s\n' "$jdk_dir"
      return
    elif [ -n "$jdk_version" ] && [ "$jdk_version" -gt 25 ] && [ -z "$jdk_newer" ]; then
      jdk_newer="$jdk_version $jdk_dir"
    fi
  done
  printf '%s' "$jdk_newer"
}

find_jdk() {
  if [ -n "${ONDINE_JAVA_HOME-}" ]; then
    JDK_MAJOR=$(jdk_major "$ONDINE_JAVA_HOME")
    if [ -z "$JDK_MAJOR" ] || [ "$JDK_MAJOR" -lt 25 ]; then
      echo "ondine: ONDINE_JAVA_HOME=$ONDINE_JAVA_HOME is no JDK of version 25 or newer" >&2
      exit 2
    fi
    JAVA_HOME=$ONDINE_JAVA_HOME
    export JAVA_HOME
    return
  fi
  jdk_found=$(jdk_candidates | first_jdk)
  if [ -z "$jdk_found" ]; then
    cat >&2 <<'EOF'
ondine: no JDK of version 25 or newer found.
Looked at ONDINE_JAVA_HOME, JAVA_HOME, /usr/lib/jvm, /usr/java, /opt, SDKMAN, /Library/Java and the PATH.
Install one, for example Eclipse Temurin 25 (https://adoptium.net/temurin/releases/?version=25, Debian package
temurin-25-jdk; SDKMAN: sdk install java 25-tem), and point JAVA_HOME at it if it lies elsewhere.
EOF
    exit 2
  fi
  JDK_MAJOR=${jdk_found%% *}
  JAVA_HOME=${jdk_found#* }
  export JAVA_HOME
}
