/**
 * The completion script for bash. The library's own script needs the package bash-completion, splits node names at `@`, and evaluates the
 * typed line; this one does none of that.
 */

/** The script: the function `_convoy`, registered for `convoy`. It works in bash from 4.0 on. */
export const bashScript = `# bash completion for convoy

_convoy() {
    local line=\${COMP_LINE:0:COMP_POINT} words=() word i
    # bash takes words apart at characters such as @ and =; what has no space between belongs together.
    for ((i = 0; i <= COMP_CWORD; i += 1)); do
        word=\${COMP_WORDS[i]}
        if [[ $i -gt 0 && -n $line && $line != [[:space:]]* ]]; then
            [[ $line == "$word"* ]] || word=$line
            words[\${#words[@]}-1]+=$word
        else
            line="\${line#"\${line%%[![:space:]]*}"}"
            [[ $line == "$word"* ]] || word=$line
            words+=("$word")
        fi
        line=\${line#"$word"}
    done
    local current=\${words[\${#words[@]}-1]} output directive
    output=$(convoy complete -- "\${words[@]:1}" 2>/dev/null) || return
    directive=\${output##*:}
    COMPREPLY=()
    local candidate mark rest=$current
    # bash replaces only what follows the last = or : of the word, and of that only the part from an @ on.
    for mark in = :; do
        [[ $COMP_WORDBREAKS == *"$mark"* && $rest == *"$mark"* ]] && rest=\${rest##*"$mark"}
    done
    local prefix=\${current%"$rest"}
    [[ $COMP_WORDBREAKS == *@* && $rest == *@* ]] && prefix=\${current%"@\${rest##*@}"}
    while IFS=$'\\t' read -r candidate _; do
        [[ -n $candidate && $candidate != :* ]] && COMPREPLY+=("\${candidate#"$prefix"}")
    done <<< "$output"
    # The file names of the shell itself.
    if ((\${#COMPREPLY[@]} == 0 && (directive & 4) == 0)); then
        compopt -o default 2>/dev/null
    fi
}

complete -F _convoy convoy
`;
