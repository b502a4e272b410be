# Types words, each with a Tab after it, into an interactive zsh whose completions are in the folder
# $1, and prints what becomes of them.
zmodload zsh/zpty
zpty shell TERM=dumb zsh -f -i
zpty -w shell "PS1=; fpath=($1 \$fpath); autoload -U compinit; compinit -u -D
show() { zle complete-word; print -r -- \"<\$BUFFER>\" }; zle -N show; bindkey '^I' show; echo rea''dy"
zpty -r shell line '*ready*'
shift
for word; do
  zpty -w -n shell "$word"$'\t'
  zpty -r shell line '*<*>*'
  print -r -- "${${line##*<}%%>*}"
  zpty -w -n shell $'\x15' # an empty line again
done
zpty -d shell
