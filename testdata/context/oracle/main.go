// The official matcher as a filter, for crates/context/examples/compare_ignore.rs.
//
// A case is one line: the patterns of a .dockerignore joined by 0x1f, 0x1e, and paths joined by 0x1f. The
// answer is one line: "error", or a 0 or 1 for each path, sent or excluded, as a walk would judge it. A path
// stands behind the folders it is in.
package main

import (
	"bufio"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher"
)

// What moby's ignorefile package makes of the lines of a file.
func read(lines []string) []string {
	var patterns []string
	for _, line := range lines {
		if strings.HasPrefix(line, "#") {
			continue
		}
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		mark := ""
		if line[0] == '!' {
			mark, line = "!", strings.TrimSpace(line[1:])
		}
		if line != "" {
			line = filepath.Clean(line)
			if len(line) > 1 && line[0] == '/' {
				line = line[1:]
			}
		}
		patterns = append(patterns, mark+line)
	}
	return patterns
}

func judge(lines, paths []string) string {
	matcher, err := patternmatcher.New(read(lines))
	if err != nil {
		return "error"
	}
	folders := map[string]patternmatcher.MatchInfo{}
	answer := ""
	for _, name := range paths {
		excluded, info, err := matcher.MatchesUsingParentResults(name, folders[path.Dir(name)])
		if err != nil {
			return "error"
		}
		folders[name] = info
		if excluded {
			answer += "1"
		} else {
			answer += "0"
		}
	}
	return answer
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		halves := strings.SplitN(in.Text(), "\x1e", 2)
		fmt.Fprintln(out, judge(strings.Split(halves[0], "\x1f"), strings.Split(halves[1], "\x1f")))
	}
}
