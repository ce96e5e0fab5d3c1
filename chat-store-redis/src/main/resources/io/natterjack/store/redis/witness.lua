-- Does nothing. That it is there says that the server has run without a break since the incarnation began.
return '@INCARNATION@ @PARTITION@'
