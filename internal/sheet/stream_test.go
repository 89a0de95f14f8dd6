package sheet

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
)

// heapAfter writes n rows and returns the most that was held in memory on the way.
func heapAfter(t testing.TB, out io.Writer, f Format, n int) (held uint64) {
	columns := []Column{{Name: "编号", Kind: Code}, {Name: "名称"}, {Name: "日期", Kind: Date}, {Name: "金额", Kind: Money}}
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w, err := NewWriter(out, f, "项目", columns)
	for i := 0; i < n && err == nil; i++ {
		err = w.Row(fmt.Sprintf("FH-2026-%06d", i), fmt.Sprintf("坪山区坪环社区第%d义工队", i), civil.Of(2026, 1, 1).AddDays(i%300), money.Fen(i))
		if i%20_000 == 19_999 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			held = max(held, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// Not parallel: it looks at the heap of the process. The control is a table kept
// in memory.
func TestRowsGoOutAsTheyCome(t *testing.T) {
	const bound = 4 << 20
	for _, f := range []Format{XLSX, CSV} {
		if held := heapAfter(t, io.Discard, f, 200_000); held > bound {
			t.Errorf("%s held %d KB on the way through 200,000 rows", f, held>>10)
		}
	}
	if held := heapAfter(t, new(bytes.Buffer), CSV, 200_000); held < bound {
		t.Errorf("the control held %d KB only: the measure does not see a table in memory", held>>10)
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, f := range []Format{XLSX, CSV} {
		b.Run(string(f), func(b *testing.B) {
			for b.Loop() {
				heapAfter(b, io.Discard, f, 100_000)
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	var out bytes.Buffer
	columns := make([]Column, 20)
	for i := range columns {
		columns[i].Name = fmt.Sprint("列", i)
	}
	w, err := NewWriter(&out, XLSX, "人员", columns)
	cells := make([]any, len(columns))
	for i := 0; i < defaultRows && err == nil; i++ {
		for j := range cells {
			cells[j] = fmt.Sprintf("坪环社区%d-%d", i, j)
		}
		err = w.Row(cells...)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(out.Len()))
	for b.Loop() {
		if _, err := Read(bytes.NewReader(out.Bytes()), int64(out.Len()), "x", Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
