// A second opinion on an exported transparency log, in another language and from other hands: it
// stands on golang.org/x/mod/sumdb (Debian: golang-golang-x-mod-dev) and shares nothing with the
// program that writes the log, nor with boai-verify.
//
//	verifier -log DIR -key VKEY [-old CHECKPOINT-FILE] [-proof FILE]
//
// It checks the signature, hashes every entry, compares every tile and the root, and with -old
// that an older signed head is the beginning of this log: by a proof that it makes itself from the
// entries and, with -proof (one base64 hash a line), also by one that the log hands out.
// Exit 0: all of it holds. Exit 1: something does not. Exit 2: wrong usage.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
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

// openCheckpoint reads a signed head. What C2SP asks beyond the note package: one spelling of
// base64, at most 16 signatures, origin equal to the key's name, no extension lines.
func openCheckpoint(file string, key note.Verifier) (tlog.Tree, error) {
	none := tlog.Tree{}
	raw, err := os.ReadFile(file)
	if err != nil {
		return none, err
	}
	opened, err := note.Open(raw, note.VerifierList(key))
	if err != nil {
		return none, fmt.Errorf("checkpoint: %w", err)
	}
	for _, signature := range append(opened.Sigs, opened.UnverifiedSigs...) {
		if _, err := canonical(signature.Base64); err != nil {
			return none, fmt.Errorf("checkpoint: %w", err)
		}
	}
	if strings.Count(string(raw[len(opened.Text)+1:]), "\n") > 16 {
		return none, errors.New("checkpoint: more than 16 signatures")
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != key.Name() {
		return none, errors.New("checkpoint: of another log, or with extra lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return none, errors.New("checkpoint: the size is not a plain number")
	}
	root, err := hashOf(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func canonical(text string) ([]byte, error) {
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || base64.StdEncoding.EncodeToString(data) != text {
		return nil, errors.New("base64 is not in its canonical form")
	}
	return data, nil
}

func hashOf(text string) (hash tlog.Hash, err error) {
	data, err := canonical(text)
	if err == nil && len(data) != tlog.HashSize {
		err = errors.New("a hash is not 32 bytes long")
	}
	copy(hash[:], data)
	return hash, err
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

func verify(dir, vkey, oldFile, proofFile string) (head tlog.Tree, err error) {
	key, err := note.NewVerifier(vkey)
	if err != nil {
		return head, err
	}
	if head, err = openCheckpoint(filepath.Join(dir, "checkpoint"), key); err != nil {
		return head, err
	}
	own, err := os.ReadFile(filepath.Join(dir, "vkey"))
	if err == nil && string(own) != vkey+"\n" {
		return head, errors.New("vkey: the log was exported with another key")
	}
	seen := map[string]bool{}
	tree, err := rehash(dir, head.N, seen)
	if err != nil {
		return head, err
	}
	if err := checkTiles(dir, head.N, tree, seen); err != nil {
		return head, err
	}
	root, err := tree.root(head.N)
	if err != nil {
		return head, err
	}
	if root != head.Hash {
		return head, errors.New("the entries do not hash to the signed root")
	}
	if err := checkOthers(dir, tree, seen); err != nil {
		return head, err
	}
	if oldFile == "" {
		return head, nil
	}
	old, err := openCheckpoint(oldFile, key)
	if err != nil {
		return head, err
	}
	return head, checkGrowth(head, old, tree, proofFile)
}

func main() {
	dir := flag.String("log", "", "exported log")
	vkey := flag.String("key", "", "verifier key")
	old := flag.String("old", "", "an older checkpoint of the same log")
	proof := flag.String("proof", "", "the log's consistency proof for it")
	flag.Parse()
	if *dir == "" || *vkey == "" || flag.NArg() != 0 {
		flag.Usage()
		os.Exit(2)
	}
	head, err := verify(*dir, *vkey, *old, *proof)
	if err != nil {
		fmt.Println("FAILS:", err)
		os.Exit(1)
	}
	fmt.Printf("ok: %d entries, root %x\n", head.N, head.Hash[:])
}
