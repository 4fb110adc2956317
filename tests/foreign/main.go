// A second opinion on an exported transparency log, in another language and from other hands: it
// stands on golang.org/x/mod/sumdb (Debian: golang-golang-x-mod-dev) and shares nothing with the
// program that writes the log, nor with boai-verify.
//
//	verifier -log DIR (-key VKEY | -policy FILE) [-old CHECKPOINT ...] [-heads STATE] [-proof FILE]
//	verifier -bundle FILE -leaf FILE (-key VKEY | -policy FILE)
//	verifier -evidence FILE [-key VKEY | -policy FILE]
//
// It checks the signatures of the log and of the policy's witnesses, hashes every entry, compares
// every tile and the root, and that older signed heads (-old; -heads: all that boai-verify has kept)
// are beginnings of this log and of one another: by proofs that it makes itself from the entries
// and, with -proof (one base64 hash a line), also by one that the log hands out. A tlog-proof bundle
// and an evidence file of boai-verify are checked with nothing else.
// Exit 0: all of it holds. Exit 1: something does not. Exit 2: wrong usage. Exit 3: it holds, but the
// policy asks for more witnesses.
package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const height, width = 8, 256

// stored keeps every complete node of the tree in the order of the tlog package.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(s)) {
			return nil, errors.New("a node outside the tree")
		}
		found[i] = s[index]
	}
	return found, nil
}

func (s stored) root(size int64) (tlog.Hash, error) {
	if size == 0 {
		// RFC 6962: the hash of nothing; the tlog package leaves this case to its caller.
		return sha256.Sum256(nil), nil
	}
	return tlog.TreeHash(size, s)
}

// pathOf is the C2SP path; the tlog package has the height in it and calls entries data.
func pathOf(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

// read gives a tile of this width, or the full one where the log has grown meanwhile.
func read(dir string, tile tlog.Tile, seen map[string]bool) (data []byte, exact bool, err error) {
	path := pathOf(tile)
	data, err = os.ReadFile(filepath.Join(dir, path))
	exact = true
	if err != nil && tile.W < width {
		tile.W, exact = width, false
		path = pathOf(tile)
		data, err = os.ReadFile(filepath.Join(dir, path))
	}
	seen[path] = true
	return data, exact, err
}

func entriesOf(data []byte) (entries [][]byte, err error) {
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(data[0])<<8+int(data[1]) {
			return nil, errors.New("an entry runs over the end of its bundle")
		}
		end := 2 + int(data[0])<<8 + int(data[1])
		entries, data = append(entries, data[2:end]), data[end:]
	}
	return entries, nil
}

// rehash hashes every entry of every bundle into a tree.
func rehash(dir string, size int64, seen map[string]bool) (stored, error) {
	var tree stored
	for at := int64(0); at < size; at += width {
		tile := tlog.Tile{H: height, L: -1, N: at / width, W: width}
		if size-at < width {
			tile.W = int(size - at)
		}
		data, exact, err := read(dir, tile, seen)
		if err != nil {
			return nil, err
		}
		entries, err := entriesOf(data)
		if err != nil || len(entries) < tile.W || exact && len(entries) > tile.W {
			return nil, fmt.Errorf("%s: not a bundle of %d entries", pathOf(tile), tile.W)
		}
		for i, entry := range entries[:tile.W] {
			hashes, err := tlog.StoredHashes(at+int64(i), entry, tree)
			if err != nil {
				return nil, err
			}
			tree = append(tree, hashes...)
		}
	}
	return tree, nil
}

// checkTiles compares every tile of the size with what the entries hash to.
func checkTiles(dir string, size int64, tree stored, seen map[string]bool) error {
	tiles := tlog.NewTiles(height, 0, size)
	for i, tile := range tiles {
		if i+1 < len(tiles) && tiles[i+1].L == tile.L && tiles[i+1].N == tile.N {
			continue // a narrower form of the next one
		}
		data, exact, err := read(dir, tile, seen)
		if err != nil {
			return err
		}
		wanted, err := tlog.ReadTileData(tile, tree)
		if err != nil {
			return err
		}
		if !bytes.HasPrefix(data, wanted) || exact && len(data) != len(wanted) {
			return fmt.Errorf("%s: does not hold the hashes of the entries", pathOf(tile))
		}
	}
	return nil
}

// checkOthers: beside the log may lie only older partial tiles, and they must be its beginnings.
func checkOthers(dir string, tree stored, seen map[string]bool) error {
	top := filepath.Join(dir, "tile")
	return filepath.WalkDir(top, func(file string, entry fs.DirEntry, err error) error {
		if os.IsNotExist(err) && file == top {
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		below, err := filepath.Rel(top, file)
		if err != nil || seen["tile/"+below] {
			return err
		}
		named := strings.Replace(filepath.ToSlash(below), "entries/", "data/", 1)
		tile, err := tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s", height, named))
		if err != nil || tile.W == width {
			return fmt.Errorf("tile/%s: does not belong to this log", below)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if tile.L == -1 {
			entries, err := entriesOf(data)
			if err != nil {
				return err
			}
			data = nil
			for _, entry := range entries {
				hash := tlog.RecordHash(entry)
				data = append(data, hash[:]...)
			}
			tile.L = 0
		}
		wanted, err := tlog.ReadTileData(tile, tree)
		if err != nil || !bytes.Equal(data, wanted) {
			return fmt.Errorf("tile/%s: does not hold what the log holds", below)
		}
		return nil
	})
}

// checkGrowth shows that the older head is the beginning of the log.
func checkGrowth(head, old tlog.Tree, tree stored, proofFile string) error {
	if old.N > head.N {
		return errors.New("rollback: the log is smaller than it was")
	}
	root, err := tree.root(old.N)
	if err != nil {
		return err
	}
	if root != old.Hash {
		return errors.New("fork: the log is not the one that was signed before")
	}
	if old.N == 0 {
		return nil // every log begins with the empty one; there is nothing to prove
	}
	proof, err := tlog.ProveTree(head.N, old.N, tree)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, head.N, head.Hash, old.N, old.Hash); err != nil {
		return err
	}
	if proofFile == "" {
		return nil
	}
	raw, err := os.ReadFile(proofFile)
	if err != nil {
		return err
	}
	var given tlog.TreeProof
	for _, line := range strings.Fields(string(raw)) {
		hash, err := hashOf(line)
		if err != nil {
			return err
		}
		given = append(given, hash)
	}
	return tlog.CheckTree(given, head.N, head.Hash, old.N, old.Hash)
}

// checkHeads shows that all heads, in the order of their sizes, are beginnings of one another.
func checkHeads(heads []head, tree stored) error {
	sort.SliceStable(heads, func(i, j int) bool { return heads[i].N < heads[j].N })
	for i := 1; i < len(heads); i++ {
		old, now := heads[i-1].Tree, heads[i].Tree
		if old.N == now.N && old.Hash != now.Hash {
			return fmt.Errorf("fork: two roots of %d entries", old.N)
		}
		if err := checkGrowth(now, old, tree, ""); err != nil {
			return fmt.Errorf("%w (between %d and %d entries)", err, old.N, now.N)
		}
	}
	return nil
}

func verify(dir string, trusted *policy, olds []string, state, proofFile string) (head, error) {
	now, err := readHead(filepath.Join(dir, "checkpoint"), trusted)
	if err != nil {
		return now, err
	}
	own, err := os.ReadFile(filepath.Join(dir, "vkey"))
	if err == nil && string(own) != now.log+"\n" {
		return now, errors.New("vkey: the log was exported with another key")
	}
	heads, err := keptHeads(state, olds, now.log, trusted)
	if err != nil {
		return now, err
	}
	for _, old := range heads {
		if old.N > now.N {
			return now, errors.New("rollback: the log is smaller than it was")
		}
	}
	seen := map[string]bool{}
	tree, err := rehash(dir, now.N, seen)
	if err != nil {
		return now, err
	}
	if err := checkTiles(dir, now.N, tree, seen); err != nil {
		return now, err
	}
	root, err := tree.root(now.N)
	if err != nil {
		return now, err
	}
	if root != now.Hash {
		return now, errors.New("the entries do not hash to the signed root")
	}
	if err := checkOthers(dir, tree, seen); err != nil {
		return now, err
	}
	for _, old := range heads {
		if err := checkGrowth(now.Tree, old.Tree, tree, proofFile); err != nil {
			return now, err
		}
	}
	return now, checkHeads(append(heads, now), tree)
}

func trustedFrom(vkey, file string) (*policy, error) {
	if file == "" {
		return readPolicy("log " + vkey + "\nquorum none")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return readPolicy(string(text))
}

// texts is a flag that may be given several times.
type texts []string

func (t *texts) String() string { return strings.Join(*t, " ") }

func (t *texts) Set(value string) error { *t = append(*t, value); return nil }

func main() {
	dir := flag.String("log", "", "exported log")
	vkey := flag.String("key", "", "verifier key of the log")
	file := flag.String("policy", "", "policy file")
	var olds texts
	flag.Var(&olds, "old", "an older checkpoint of the same log; may be given several times")
	state := flag.String("heads", "", "the heads that boai-verify has kept")
	proof := flag.String("proof", "", "the log's consistency proof for the older checkpoint")
	bundle := flag.String("bundle", "", "a tlog-proof")
	leaf := flag.String("leaf", "", "the leaf of the bundle, byte for byte")
	evidence := flag.String("evidence", "", "an evidence file of boai-verify")
	flag.Parse()
	tasks := 0
	for _, task := range []bool{*dir != "", *bundle != "" && *leaf != "", *evidence != ""} {
		if task {
			tasks++
		}
	}
	named := *vkey != "" || *file != ""
	if tasks != 1 || flag.NArg() != 0 || !named && *evidence == "" {
		flag.Usage()
		os.Exit(2)
	}
	var trusted *policy
	var shown head
	var what string
	var err error
	if named {
		trusted, err = trustedFrom(*vkey, *file)
	}
	switch {
	case err != nil:
	case *evidence != "":
		shown, what, trusted, err = checkEvidence(*evidence, trusted)
	case *bundle != "":
		shown, what, err = checkBundle(*bundle, *leaf, trusted)
	default:
		shown, err = verify(*dir, trusted, olds, *state, *proof)
		what = fmt.Sprintf("%d entries 条", shown.N)
	}
	if err != nil {
		fmt.Println("FAILS 不成立:", err)
		os.Exit(1)
	}
	who, count := shown.whoCosigned()
	fmt.Printf("ok: %s, root %x\n", what, shown.Hash[:])
	if !trusted.met(shown.cosigned) {
		fmt.Printf("witnesses 见证 %d/%d: %s; quorum NOT met 不足\n", count, trusted.witnesses, who)
		os.Exit(3)
	}
	fmt.Printf("witnesses 见证 %d/%d: %s; quorum met 足\n", count, trusted.witnesses, who)
}
