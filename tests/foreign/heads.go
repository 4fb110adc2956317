// Whom to trust, and what they have signed: policies, heads with cosignatures, bundles, evidence.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// witness checks cosignature/v1 (C2SP tlog-cosignature), which the note package does not know.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }

func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, text)
	return at < 1<<63 && ed25519.Verify(w.key, []byte(message), signature[8:])
}

// met says whether those who have cosigned are enough.
type met func(cosigned map[string]uint64) bool

// policy is a C2SP tlog-policy; witnesses counts those it names.
type policy struct {
	logs      []string
	known     []note.Verifier
	witnesses int
	met       met
}

var vkeyForm = regexp.MustCompile(`^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$`)

// keyOf reads a vkey line: name, type byte and key; the key id must belong to them.
func keyOf(vkey string) (name string, hash uint32, key []byte, err error) {
	parts := vkeyForm.FindStringSubmatch(vkey)
	if parts == nil {
		return "", 0, nil, errors.New("not a verifier key")
	}
	if key, err = canonical(parts[3]); err != nil {
		return "", 0, nil, err
	}
	digest := sha256.Sum256(append([]byte(parts[1]+"\n"), key...))
	if hex.EncodeToString(digest[:4]) != parts[2] {
		return "", 0, nil, errors.New("the key id does not belong to the key")
	}
	return parts[1], binary.BigEndian.Uint32(digest[:]), key, nil
}

func (p *policy) addLog(vkey string, used map[string]bool) error {
	name, _, key, err := keyOf(vkey)
	if err != nil || len(key) != 33 || key[0] != 1 || used[string(key[1:])] {
		return fmt.Errorf("%s: not a log's key, or named twice (%v)", name, err)
	}
	used[string(key[1:])] = true
	verifier, err := note.NewVerifier(vkey)
	p.logs, p.known = append(p.logs, vkey), append(p.known, verifier)
	return err
}

func (p *policy) addWitness(vkey string, used map[string]bool) (met, error) {
	name, hash, key, err := keyOf(vkey)
	if err != nil || used[string(key[1:])] {
		return nil, fmt.Errorf("%s: not a witness's key, or named twice (%v)", name, err)
	}
	used[string(key[1:])] = true
	p.witnesses++
	if len(key) == 1313 && key[0] == 6 {
		// ML-DSA-44 cannot be checked here: such a line is passed over, and never counts.
		return func(map[string]uint64) bool { return false }, nil
	}
	if len(key) != 33 || key[0] != 4 {
		return nil, fmt.Errorf("%s: not a witness's key", name)
	}
	p.known = append(p.known, witness{name, hash, key[1:]})
	id := fmt.Sprintf("%s+%08x", name, hash)
	return func(cosigned map[string]uint64) bool { _, has := cosigned[id]; return has }, nil
}

// readPolicy reads a policy. Each key stands once and each name in one group, so that no witness
// counts twice.
func readPolicy(text string) (*policy, error) {
	read, named, grouped := &policy{}, map[string]met{}, map[string]bool{"none": true}
	used := map[string]bool{}
	named["none"] = func(map[string]uint64) bool { return true }
	for number, line := range strings.Split(text, "\n") {
		wrong := fmt.Errorf("policy, line %d: wrong or repeated", number+1)
		if strings.IndexFunc(line, func(r rune) bool { return r < 32 && r != '\t' || r == 127 }) >= 0 {
			return nil, wrong
		}
		words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) < 2 {
			return nil, wrong
		}
		_, taken := named[words[1]]
		var err error
		switch {
		case words[0] == "log" && len(words) <= 3:
			err = read.addLog(words[1], used)
		case words[0] == "witness" && (len(words) == 3 || len(words) == 4) && !taken:
			named[words[1]], err = read.addWitness(words[2], used)
		case words[0] == "group" && len(words) >= 4 && !taken:
			named[words[1]], err = groupOf(words[2], words[3:], named, grouped)
		case words[0] == "quorum" && len(words) == 2 && taken && read.met == nil:
			read.met = named[words[1]]
		default:
			err = wrong
		}
		if err != nil {
			return nil, fmt.Errorf("policy, line %d: %w", number+1, err)
		}
	}
	if read.met == nil {
		return nil, errors.New("policy: no quorum line")
	}
	return read, nil
}

func groupOf(least string, members []string, named map[string]met, grouped map[string]bool) (met, error) {
	count, err := strconv.Atoi(least)
	switch {
	case least == "any":
		count = 1
	case least == "all":
		count = len(members)
	case err != nil || strconv.Itoa(count) != least:
		return nil, errors.New("a group asks for all, any or a number")
	}
	var of []met
	for _, member := range members {
		if named[member] == nil || grouped[member] {
			return nil, fmt.Errorf("%s: not defined above, or in another group", member)
		}
		grouped[member] = true
		of = append(of, named[member])
	}
	if count < 1 || count > len(of) {
		return nil, errors.New("a group asks for more than it has")
	}
	return func(cosigned map[string]uint64) bool {
		has := 0
		for _, one := range of {
			if one(cosigned) {
				has++
			}
		}
		return has >= count
	}, nil
}

// head is a signed head, the vkey of its log, and when each known witness has cosigned it.
type head struct {
	tlog.Tree
	log      string
	cosigned map[string]uint64
}

// whoCosigned names them with their times, as boai-verify does.
func (h head) whoCosigned() (string, int) {
	var ids, who []string
	for id := range h.cosigned {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		at := h.cosigned[id]
		if at > 1<<35 {
			at = 1 << 35
		}
		name := id[:strings.LastIndex(id, "+")]
		who = append(who, name+" "+time.Unix(int64(at), 0).UTC().Format("2006-01-02T15:04:05Z"))
	}
	if len(who) == 0 {
		return "-", 0
	}
	return strings.Join(who, ", "), len(who)
}

func readHead(file string, trusted *policy) (head, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return head{}, err
	}
	return openHead(raw, trusted)
}

var signatureForm = regexp.MustCompile(`^— ([^\s+]+) (\S+)$`)

// openHead reads a signed head. What C2SP asks beyond the note package: one spelling of base64, at
// most 16 signatures, origin equal to the key's name, no extension lines, every line of a known key
// checked also where it stands twice.
func openHead(raw []byte, trusted *policy) (head, error) {
	none := head{}
	opened, err := note.Open(raw, note.VerifierList(trusted.known...))
	if err != nil {
		return none, fmt.Errorf("checkpoint: %w", err)
	}
	below := strings.Split(strings.TrimSuffix(string(raw[len(opened.Text)+1:]), "\n"), "\n")
	if len(below) > 16 {
		return none, errors.New("checkpoint: more than 16 signatures")
	}
	signed, cosigned := map[string]bool{}, map[string]uint64{}
	for _, line := range below {
		parts := signatureForm.FindStringSubmatch(line)
		if parts == nil {
			return none, errors.New("checkpoint: malformed signature line")
		}
		blob, err := canonical(parts[2])
		if err != nil || len(blob) < 5 {
			return none, errors.New("checkpoint: malformed signature line")
		}
		for _, key := range trusted.known {
			if key.Name() != parts[1] || key.KeyHash() != binary.BigEndian.Uint32(blob) {
				continue
			}
			if !key.Verify([]byte(opened.Text), blob[4:]) {
				return none, fmt.Errorf("checkpoint: the signature of %s fails", parts[1])
			}
			id := fmt.Sprintf("%s+%08x", key.Name(), key.KeyHash())
			if _, is := key.(witness); !is {
				signed[id] = true
			} else if at := binary.BigEndian.Uint64(blob[4:]); at >= cosigned[id] {
				cosigned[id] = at
			}
		}
	}
	lines := strings.Split(opened.Text, "\n")
	for _, vkey := range trusted.logs {
		if name, hash, _, _ := keyOf(vkey); signed[fmt.Sprintf("%s+%08x", name, hash)] && name == lines[0] {
			tree, err := treeOf(lines)
			return head{tree, vkey, cosigned}, err
		}
	}
	return none, errors.New("checkpoint: not signed by this log, or of another")
}

func treeOf(lines []string) (tlog.Tree, error) {
	if len(lines) != 4 {
		return tlog.Tree{}, errors.New("checkpoint: with extra lines, or too few")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, errors.New("checkpoint: the size is not a plain number")
	}
	root, err := hashOf(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// keptHeads reads older heads: files of one each, and the state of boai-verify.
func keptHeads(state string, olds []string, log string, trusted *policy) ([]head, error) {
	var heads []head
	for _, file := range olds {
		old, err := readHead(file, trusted)
		if err != nil {
			return nil, err
		}
		heads = append(heads, old)
	}
	if state == "" {
		return heads, nil
	}
	raw, err := os.ReadFile(state)
	if err != nil {
		return nil, err
	}
	var kept map[string][]struct{ Note string }
	if err := json.Unmarshal(raw, &kept); err != nil {
		return nil, err
	}
	for _, one := range kept[log] {
		old, err := openHead([]byte(one.Note), trusted)
		if err != nil {
			return nil, err
		}
		heads = append(heads, old)
	}
	return heads, nil
}

// checkBundle checks a C2SP tlog-proof of a leaf, byte for byte.
func checkBundle(file, leafFile string, trusted *policy) (head, string, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return head{}, "", err
	}
	leaf, err := os.ReadFile(leafFile)
	if err != nil {
		return head{}, "", err
	}
	above, checkpoint, _ := strings.Cut(string(raw), "\n\n")
	lines := strings.Split(above, "\n")
	wrong := errors.New("proof: not a tlog-proof")
	if lines[0] != "c2sp.org/tlog-proof@v1" || len(lines) < 2 {
		return head{}, "", wrong
	}
	if extra := strings.TrimPrefix(lines[1], "extra "); extra != lines[1] && len(lines) > 2 {
		if extra == "" || strings.Trim(extra, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/=") != "" {
			return head{}, "", wrong
		}
		lines = lines[1:]
	}
	given := strings.TrimPrefix(lines[1], "index ")
	index, err := strconv.ParseInt(given, 10, 64)
	if err != nil || given == lines[1] || index < 0 || strconv.FormatInt(index, 10) != given {
		return head{}, "", wrong
	}
	var path tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := hashOf(line)
		if err != nil {
			return head{}, "", err
		}
		path = append(path, hash)
	}
	shown, err := openHead([]byte(checkpoint), trusted)
	if err != nil {
		return shown, "", err
	}
	if index >= shown.N {
		return shown, "", errors.New("proof: the leaf is outside the tree")
	}
	err = tlog.CheckRecord(path, shown.N, shown.Hash, index, tlog.RecordHash(leaf))
	return shown, fmt.Sprintf("leaf 第 %d 条 of %d", index, shown.N), err
}

// checkEvidence checks by itself that one log has signed what cannot both be true.
func checkEvidence(file string, trusted *policy) (head, string, *policy, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return head{}, "", nil, err
	}
	var given struct {
		Log   string
		Notes []string
		Proof []string
		Older string `json:"older_root_now"`
	}
	if err := json.Unmarshal(raw, &given); err != nil {
		return head{}, "", nil, err
	}
	if trusted == nil {
		if trusted, err = readPolicy("log " + given.Log + "\nquorum none"); err != nil {
			return head{}, "", nil, err
		}
	}
	if len(given.Notes) != 2 {
		return head{}, "", nil, errors.New("evidence: not two heads")
	}
	old, err := openHead([]byte(given.Notes[0]), trusted)
	if err != nil {
		return old, "", nil, err
	}
	now, err := openHead([]byte(given.Notes[1]), trusted)
	if err != nil {
		return now, "", nil, err
	}
	if old.log == now.log && old.N > now.N {
		return now, fmt.Sprintf("rollback 回退: %d after %d, says the finder", now.N, old.N), trusted, nil
	}
	was := now.Hash
	if old.N < now.N {
		if was, err = older(given.Older, given.Proof, old.Tree, now.Tree); err != nil {
			return now, "", nil, err
		}
	}
	if old.log != now.log || was == old.Hash {
		return now, "", nil, errors.New("evidence: these two heads do not contradict each other")
	}
	said := fmt.Sprintf("fork 分叉: %d entries with two roots 同一开头签了两个根", old.N)
	return now, said, trusted, nil
}

// older is the root that the newer head has for the size of the older one, if the proof shows it.
func older(root string, lines []string, old, now tlog.Tree) (was tlog.Hash, err error) {
	data, err := hex.DecodeString(root)
	if err != nil || len(data) != tlog.HashSize || old.N == 0 {
		return was, errors.New("evidence: no root of the older size")
	}
	copy(was[:], data)
	var proof tlog.TreeProof
	for _, line := range lines {
		hash, err := hashOf(line)
		if err != nil {
			return was, err
		}
		proof = append(proof, hash)
	}
	return was, tlog.CheckTree(proof, now.N, now.Hash, old.N, was)
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
