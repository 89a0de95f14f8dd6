package ui

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The map has three subdistricts a row; the mark is the same map, smaller.
const areasPerRow = 3

// grid holds the measures of a tile drawing, in units of its view box.
type grid struct {
	tile, pitch  float64 // side of a tile; side plus gap
	gapX, gapY   float64 // between subdistricts
	head         float64 // room for a subdistrict's name above its tiles
	width, depth float64 // of the whole drawing, computed
}

var (
	markGrid = grid{tile: 7, pitch: 8.5, gapX: 4, gapY: 4}
	mapGrid  = grid{tile: 55, pitch: 57, gapX: 12, gapY: 16, head: 22}
)

// spot is the upper left corner of something in a drawing.
type spot struct{ X, Y float64 }

// side is how many tiles stand side by side in an area of n: two, as on the
// district's map, and more only when four do not suffice.
func side(n int) int { return max(2, int(math.Ceil(math.Sqrt(float64(n))))) }

// place lays out areas of counts[i] tiles and returns the corner of every
// area's name and of its tiles. A column is as wide, and a row as deep, as its
// largest area, so that a new community moves nothing else out of line.
func (g *grid) place(counts []int) (names []spot, tiles [][]spot) {
	var columns [areasPerRow]int
	rows := make([]int, (len(counts)+areasPerRow-1)/areasPerRow)
	for i, n := range counts {
		across := side(n)
		columns[i%areasPerRow] = max(columns[i%areasPerRow], across)
		rows[i/areasPerRow] = max(rows[i/areasPerRow], (n+across-1)/across, 2)
	}
	span := func(n int) float64 { return float64(n-1)*g.pitch + g.tile }
	names, tiles = make([]spot, len(counts)), make([][]spot, len(counts))
	y := 0.0
	for row := range rows {
		x := 0.0
		for column := range areasPerRow {
			i := row*areasPerRow + column
			if i >= len(counts) {
				break
			}
			names[i] = spot{x, y + g.head - 8}
			for t := range counts[i] {
				across := side(counts[i])
				tiles[i] = append(tiles[i], spot{x + float64(t%across)*g.pitch, y + g.head + float64(t/across)*g.pitch})
			}
			g.width = max(g.width, x+span(columns[column]))
			x += span(columns[column]) + g.gapX
		}
		g.depth = y + g.head + span(rows[row])
		y = g.depth + g.gapY
	}
	return names, tiles
}

// coord writes a measure without needless digits.
func coord(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// markView is the mark, ready to draw.
type markView struct {
	ViewBox string
	Tiles   []spot
}

func newMark(counts []int) markView {
	g := markGrid
	_, areas := g.place(counts)
	v := markView{}
	for _, tiles := range areas {
		v.Tiles = append(v.Tiles, tiles...)
	}
	v.ViewBox = fmt.Sprintf("0 0 %s %s", coord(g.width), coord(g.depth))
	return v
}

// Map is the district as tiles: a filter and an overview. Areas stand three a
// row, in the order of the district's map.
type Map struct {
	Label string // read out: 各社区 2026 年资助项目数
	Areas []Area
}

// Area is one subdistrict.
type Area struct {
	Name     string
	Selected bool
	Tiles    []Tile
}

// Tile is one community. Level 0 to 4 is its step on the colour scale.
type Tile struct {
	Name     string // 坪环
	Value    string // 9 个
	Href     string // "" for a tile that leads nowhere
	Label    string // read out: 马峦街道坪环社区，9 个
	Level    int
	Selected bool
}

// tileView is a tile with its place in the drawing. What is read out is Label;
// what is seen is part of it, and the rest stands around it unseen, so that the
// name of the link contains its visible text, in order.
type tileView struct {
	Tile
	spot
	Before, Between, After string
}

func newTile(t Tile, at spot) tileView {
	v := tileView{Tile: t, spot: at, Between: " "}
	before, rest, ok := strings.Cut(t.Label, t.Name)
	if !ok {
		return v
	}
	if between, after, ok := strings.Cut(rest, t.Value); ok && t.Value != "" {
		v.Before, v.Between, v.After = before, between, after
	} else if t.Value == "" {
		v.Before, v.After = before, rest
	}
	return v
}

// mapView is a map, ready to draw.
type mapView struct {
	Map
	ViewBox string
	Names   []spot
	Tiles   [][]tileView
	Frames  [][4]string // x, y, width, height around selected areas
}

// frameMargin is the room around the tiles for selection and focus marks.
const frameMargin = 5

func newMap(m Map) mapView {
	counts := make([]int, len(m.Areas))
	for i, a := range m.Areas {
		counts[i] = len(a.Tiles)
	}
	g := mapGrid
	names, spots := g.place(counts)
	v := mapView{Map: m, Names: names, Tiles: make([][]tileView, len(m.Areas))}
	for i, a := range m.Areas {
		for j, t := range a.Tiles {
			v.Tiles[i] = append(v.Tiles[i], newTile(t, spots[i][j]))
		}
		if a.Selected && len(spots[i]) > 0 {
			across := float64(side(counts[i]))
			down := math.Ceil(float64(counts[i]) / across)
			v.Frames = append(v.Frames, [4]string{
				coord(names[i].X - frameMargin + 1), coord(names[i].Y - 15),
				coord((across-1)*g.pitch + g.tile + 2*frameMargin - 2), coord((down-1)*g.pitch + g.tile + 23 + frameMargin - 1),
			})
		}
	}
	v.ViewBox = fmt.Sprintf("-%d -4 %s %s", frameMargin, coord(g.width+2*frameMargin), coord(g.depth+2*frameMargin))
	return v
}

func (t tileView) class() string {
	c := fmt.Sprintf("s%d", min(max(t.Level, 0), 4))
	if t.Selected {
		c += " sel"
	}
	return c
}

// at gives a coordinate that lies v beside the tile's corner.
func at(corner, v float64) string { return coord(corner + v) }

func areaClass(a Area) string {
	if a.Selected {
		return "sd sdsel"
	}
	return "sd"
}
