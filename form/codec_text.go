package form

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

var errNotText = errors.New("must be valid UTF-8")

// textComponents are those whose value is any text.
func textComponents() []string {
	return []string{textareaField, selectField, phoneField, idCardField, textNote, formRelateField}
}

// numberComponents are those whose value is a number, besides NumberField.
func numberComponents() []string { return []string{moneyField, starField, calculateField} }

func isNumber(component string) bool {
	return component == numberField || slices.Contains(numberComponents(), component)
}

// stringCodec is for types of kind string, such as the constants of options.
func stringCodec(component string) codec {
	return codec{
		usual: textField, others: textComponents(), open: true, isString: true, isText: true,
		absent: func(v reflect.Value) bool { return v.Len() == 0 },
		parse: func(_ *reader, in *Value, v reflect.Value) error {
			text := in.Value
			if component == selectField || in.ComponentType == selectField {
				text = optionText(text)
			}
			v.SetString(text)
			return nil
		},
	}
}

// optionText is the text of a choice that came with its key, {"key":…,"value":…} or
// {"key":…,"label":…}, and any other text as it is.
func optionText(text string) string {
	if !strings.HasPrefix(text, "{") {
		return text
	}
	var value, label string
	s := scanner{text: text}
	err := s.object(func(key string) (err error) {
		member, err := s.value()
		switch key {
		case "value":
			value = member
		case "label":
			label = member
		}
		return err
	})
	if chosen := cmp.Or(value, label); err == nil && s.end() == nil && chosen != "" {
		return chosen
	}
	return text
}

// marshalerCodec is for types with MarshalText and UnmarshalText.
func marshalerCodec(number bool) codec {
	return codec{
		usual: textField, others: append(textComponents(), append(numberComponents(), numberField)...), open: true, isText: !number,
		append: func(_ *writer, b []byte, v reflect.Value) ([]byte, error) {
			marshaler := v.Addr().Interface().(encoding.TextMarshaler) //nolint:forcetypeassert,errcheck // codecOf checked it
			text, err := marshaler.MarshalText()
			if err != nil {
				return b, fmt.Errorf("cannot be written: %w", err)
			}
			if !utf8.Valid(text) {
				return b, errNotText
			}
			if _, ok := plainNumber(string(text)); number && !ok {
				return b, notANumber(string(text))
			}
			return append(b, text...), nil
		},
		parse: func(_ *reader, in *Value, v reflect.Value) error {
			text := in.Value
			if number {
				var ok bool
				if text, ok = readNumber(text); !ok {
					return notANumber(in.Value)
				}
			}
			unmarshaler := v.Addr().Interface().(encoding.TextUnmarshaler) //nolint:forcetypeassert,errcheck // codecOf checked it
			if err := unmarshaler.UnmarshalText([]byte(text)); err != nil {
				return fmt.Errorf("cannot be read: %w", err)
			}
			return nil
		},
	}
}

func decimalCodec() codec {
	return codec{
		usual: numberField, others: numberComponents(), isPlain: true,
		append: func(_ *writer, b []byte, v reflect.Value) ([]byte, error) {
			text := v.Field(0).String()
			if text == "" {
				text = "0"
			}
			return append(b, text...), nil
		},
		parse: func(_ *reader, in *Value, v reflect.Value) error {
			plain, ok := readNumber(in.Value)
			if !ok {
				return notANumber(in.Value)
			}
			*v.Addr().Interface().(*Decimal) = decimalOf(plain) //nolint:forcetypeassert,errcheck // codecOf checked it
			return nil
		},
	}
}

func intCodec() codec {
	return codec{
		usual: numberField, others: numberComponents(), isPlain: true,
		append: func(_ *writer, b []byte, v reflect.Value) ([]byte, error) {
			return strconv.AppendInt(b, v.Int(), 10), nil
		},
		parse: func(_ *reader, in *Value, v reflect.Value) error {
			whole, err := wholeNumber(in.Value)
			if err != nil {
				return err
			}
			n, err := strconv.ParseInt(whole, 10, v.Type().Bits())
			if err != nil {
				return outOfRange(in.Value, v)
			}
			v.SetInt(n)
			return nil
		},
	}
}

func uintCodec() codec {
	return codec{
		usual: numberField, others: numberComponents(), isPlain: true,
		append: func(_ *writer, b []byte, v reflect.Value) ([]byte, error) {
			return strconv.AppendUint(b, v.Uint(), 10), nil
		},
		parse: func(_ *reader, in *Value, v reflect.Value) error {
			whole, err := wholeNumber(in.Value)
			if err != nil {
				return err
			}
			n, err := strconv.ParseUint(whole, 10, v.Type().Bits())
			if err != nil {
				return outOfRange(in.Value, v)
			}
			v.SetUint(n)
			return nil
		},
	}
}

func floatCodec() codec {
	return codec{
		usual: numberField, others: numberComponents(), isPlain: true,
		append: func(_ *writer, b []byte, v reflect.Value) ([]byte, error) {
			f := v.Float()
			if math.IsNaN(f) || math.IsInf(f, 0) {
				return b, fmt.Errorf("must be a number, not %v", f)
			}
			return strconv.AppendFloat(b, f, 'f', -1, v.Type().Bits()), nil
		},
		parse: func(_ *reader, in *Value, v reflect.Value) error {
			plain, ok := readNumber(in.Value)
			if !ok {
				return notANumber(in.Value)
			}
			f, err := strconv.ParseFloat(plain, v.Type().Bits())
			if err != nil {
				return outOfRange(in.Value, v)
			}
			v.SetFloat(f)
			return nil
		},
	}
}

// wholeNumber is the text of a number without its fraction, which must be zero.
func wholeNumber(text string) (string, error) {
	plain, ok := readNumber(text)
	if !ok {
		return "", notANumber(text)
	}
	whole, fraction, _ := strings.Cut(plain, ".")
	if strings.Trim(fraction, "0") != "" {
		return "", fmt.Errorf("must be a whole number, not %q", clip(text))
	}
	return whole, nil
}

func notANumber(text string) error { return fmt.Errorf("must be a number, not %q", clip(text)) }

func outOfRange(text string, v reflect.Value) error {
	return fmt.Errorf("is %s, which does not fit into %s", clip(text), v.Type())
}
